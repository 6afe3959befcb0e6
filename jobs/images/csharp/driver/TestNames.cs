using System.Collections.Generic;
using System.IO;
using System.Linq;
using NUnit.Core;

namespace Assay {
    /// <summary>
    /// Names of tests: "{file}::{method}", with "[...]" behind for a row of arguments. Where two classes of one file have
    /// a test of the same name, the class that is not named like the file stands before its tests: "{file}::{Class}.{method}".
    /// </summary>
    sealed class TestNames {
        readonly Dictionary<string, int> seen = new Dictionary<string, int>();
        readonly HashSet<string> ambiguous;

        /// <summary>`tests`: every test with its file.</summary>
        public TestNames(IEnumerable<KeyValuePair<string, TestMethod>> tests) {
            ambiguous = new HashSet<string>(
                tests.GroupBy(t => t.Key + "::" + t.Value.MethodName)
                    .Where(g => g.Select(t => t.Value.FixtureType).Distinct().Count() > 1)
                    .Select(g => g.Key));
        }

        /// <summary>The id of a test; call it once for each, in their order.</summary>
        public string Of(string file, TestMethod test) {
            string id = file + "::" + test.MethodName;
            if (ambiguous.Contains(id) && test.FixtureType.Name != Path.GetFileNameWithoutExtension(file)) {
                id = file + "::" + test.FixtureType.Name + "." + test.MethodName;
            }
            string shown = test.TestName.Name;
            if (shown != test.MethodName) id += "[" + Row(shown, test.MethodName) + "]";
            int before;
            seen.TryGetValue(id, out before);
            seen[id] = before + 1;
            return before == 0 ? id : id + "#" + (before + 1);
        }

        static string Row(string shown, string method) {
            bool listed = shown.StartsWith(method + "(") && shown.EndsWith(")");
            string row = listed ? shown.Substring(method.Length + 1, shown.Length - method.Length - 2) : shown;
            return new string(row.Select(c => char.IsControl(c) ? ' ' : c).ToArray());
        }
    }
}
