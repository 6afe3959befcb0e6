using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Assay {
    /// <summary>Sources turned into loaded code. Nothing of it has run yet.</summary>
    sealed class Built {
        public Assembly Assembly;
        public Symbols Symbols;
        /// <summary>The ids of the tests that are not in it, and why.</summary>
        public Dictionary<string, string> Dropped;

        /// <summary>
        /// Compiles `code` and `tests` into one assembly, so that tests see what is internal; reports the compiler's
        /// warnings about the code. Null, after a "broken" event, when it cannot be compiled.
        /// </summary>
        public static Built Whole(string name, List<string> code, List<string> tests, Report report) {
            return InFolder(folder => {
                var sources = new List<string>(code);
                sources.AddRange(tests);
                var compiler = new Compiler(folder);
                var sieve = new Sieve(compiler, tests);
                return Compile(compiler, sieve, name, sources, new HashSet<string>(code), report) ? Load(folder, name, sieve) : null;
            });
        }

        /// <summary>The same with every body of the code replaced by a throw.</summary>
        public static Built Stubbed(List<string> code, List<string> tests, Report report) {
            return InFolder(folder => {
                var compiler = new Compiler(folder);
                string type = "Stub" + Guid.NewGuid().ToString("N");
                string thrower = Path.Combine(folder, type + ".cs");
                File.WriteAllText(thrower, Stub.Source(type, "tests"));
                var sources = new List<string>(code) { thrower };
                var sieve = new Sieve(compiler, tests);
                if (!Compile(compiler, sieve, "code", sources, new HashSet<string>(code), report)) return null;
                File.WriteAllBytes(compiler.Library("code"), Stub.Patch(File.ReadAllBytes(compiler.Library("code")), type));
                if (!Compile(compiler, sieve, "tests", tests, new HashSet<string>(), report, "code")) return null;
                Assembly stub = Load(folder, "code", sieve).Assembly;
                AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) => new AssemblyName(wanted.Name).Name == "code" ? stub : null;
                return Load(folder, "tests", sieve);
            });
        }

        static bool Compile(
            Compiler compiler, Sieve sieve, string name, List<string> sources, HashSet<string> code, Report report, params string[] references
        ) {
            bool built = compiler.Build(name, sources, references);
            string first = compiler.Errors, broken = first;
            for (int round = 0; !built && round < Sieve.Rounds && sieve.Drop(); round++) {
                broken = first;
                if (!sieve.AnyLeft) break;
                built = compiler.Build(name, sources.Select(sieve.Place), references);
                broken = compiler.Errors;
            }
            foreach (Finding finding in compiler.Findings) {
                if (!finding.IsError && code.Contains(finding.File)) report.Finding(finding);
            }
            if (!built) report.Broken(broken);
            return built;
        }

        static Built Load(string folder, string name, Sieve sieve) {
            string library = Path.Combine(folder, name + ".dll");
            byte[] symbols = File.ReadAllBytes(library + ".mdb");
            byte[] image = File.ReadAllBytes(library);
            new Metadata(image).ForbidInlining();
            Assembly assembly = Assembly.Load(image);
            return new Built { Assembly = assembly, Symbols = new Symbols(assembly, symbols, Compiler.Edited(folder)), Dropped = sieve.Dropped };
        }

        static Built InFolder(Func<string, Built> build) {
            string folder = Path.Combine(Path.GetTempPath(), "assay-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            try {
                return build(folder);
            } finally {
                Directory.Delete(folder, true);
            }
        }
    }
}
