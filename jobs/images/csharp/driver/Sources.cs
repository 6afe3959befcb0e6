using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Assay {
    /// <summary>The C# files of a workspace, relative to it, in one order on every machine.</summary>
    static class Sources {
        /// <summary>All *.cs below the current folder but for `tests`.</summary>
        public static List<string> UnderTest(IEnumerable<string> tests) {
            var apart = new HashSet<string>(tests);
            var found = new List<string>();
            Walk("", found);
            found.RemoveAll(apart.Contains);
            found.Sort(string.CompareOrdinal);
            return found;
        }

        static void Walk(string folder, List<string> found) {
            string here = folder == "" ? "." : folder;
            found.AddRange(Directory.GetFiles(here, "*.cs").Select(f => Path.Combine(folder, Path.GetFileName(f))));
            foreach (string name in Directory.GetDirectories(here).Select(Path.GetFileName)) {
                Walk(Path.Combine(folder, name), found);
            }
        }
    }
}
