using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Assay {
    /// <summary>
    /// Leaves out the tests that do not compile, so that the others can be run. Only where all errors lie in tests: one in
    /// the code under test, in a using or in the runner's own tests, which must fail, is everybody's.
    /// </summary>
    sealed class Sieve {
        /// <summary>How often tests may be left out.</summary>
        public const int Rounds = 3;
        const string Canary = "Canary"; // how the names of the runner's own files begin
        readonly Compiler compiler;
        readonly HashSet<string> files;
        readonly Dictionary<string, string> edits = new Dictionary<string, string>();
        readonly Dictionary<string, string> places = new Dictionary<string, string>();

        /// <summary>`files`: the test files.</summary>
        public Sieve(Compiler compiler, IEnumerable<string> files) {
            this.compiler = compiler;
            this.files = new HashSet<string>(files.Where(f => !f.StartsWith(Canary, StringComparison.Ordinal)));
        }

        /// <summary>The ids of the tests that were left out, and what the compiler has against each.</summary>
        public Dictionary<string, string> Dropped { get; } = new Dictionary<string, string>();

        public bool AnyLeft { get { return files.Any(f => Methods.In(Text(f)).Count > 0); } }

        /// <summary>Where what is compiled of a file lies.</summary>
        public string Place(string file) {
            string place;
            return places.TryGetValue(file, out place) ? place : file;
        }

        /// <summary>
        /// Leaves out the tests that the errors of the last compilation lie in; false, and nothing has changed, when one lies
        /// elsewhere.
        /// </summary>
        public bool Drop() {
            var mistakes = compiler.Findings.Where(f => f.IsError).ToList();
            if (compiler.Lost || mistakes.Count == 0 || !mistakes.All(m => files.Contains(m.File))) return false;
            var blamed = mistakes.GroupBy(m => m.File).ToDictionary(g => g.Key, g => Blame(g.Key, g.ToList()));
            if (blamed.Values.Any(b => b.Count == 0)) return false;
            foreach (var file in blamed) Cut(file.Key, file.Value);
            return true;
        }

        string Text(string file) {
            string text;
            return edits.TryGetValue(file, out text) ? text : File.Exists(file) ? File.ReadAllText(file) : "";
        }

        void Cut(string file, Dictionary<Method, string> bad) {
            char[] text = Text(file).ToCharArray();
            foreach (var test in bad) {
                for (int i = test.Key.Start; i < test.Key.End; i++) text[i] = text[i] == '\n' ? '\n' : ' ';
                string id = file + "::" + test.Key.Name;
                if (!Dropped.ContainsKey(id)) Dropped[id] = test.Value;
            }
            edits[file] = new string(text);
            places[file] = compiler.Write(file, edits[file]);
        }

        /// <summary>The tests that the mistakes lie in, each with its first; empty when one lies elsewhere.</summary>
        Dictionary<Method, string> Blame(string file, List<Finding> mistakes) {
            string text = Text(file);
            List<Method> methods = Methods.In(text);
            Dictionary<Method, string> found = Misread(file, text, methods);
            if (found.Count > 0) return found;
            foreach (Finding mistake in mistakes) {
                Method method = methods.FirstOrDefault(m => LineOf(text, m.Start) <= mistake.Line && mistake.Line <= LineOf(text, m.End - 1));
                if (method == null) return new Dictionary<Method, string>();
                if (!found.ContainsKey(method)) found[method] = mistake.Shown(file);
            }
            return found;
        }

        /// <summary>A syntax error may show anywhere behind its place; to blame are the tests that cannot be read alone.</summary>
        Dictionary<Method, string> Misread(string file, string text, List<Method> methods) {
            var alone = new Dictionary<string, Method>();
            foreach (Method method in methods) {
                string before = Methods.Blank(text.Substring(0, method.Start));
                string own = text.Substring(method.Start, method.End - method.Start);
                string name = "alone/" + alone.Count + ".cs";
                compiler.Write(name, before + "class A" + alone.Count + " {" + own + "}");
                alone[name] = method;
            }
            var found = new Dictionary<Method, string>();
            if (alone.Count == 0) return found;
            foreach (Finding mistake in compiler.Misread(alone.Keys)) {
                Method method;
                if (!alone.TryGetValue(mistake.File, out method) || found.ContainsKey(method)) continue;
                found[method] = mistake.Shown(file);
            }
            return found;
        }

        static int LineOf(string text, int at) {
            return 1 + text.Take(at).Count(c => c == '\n');
        }
    }
}
