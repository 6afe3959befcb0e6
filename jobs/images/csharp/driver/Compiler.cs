using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Mono.CSharp;

namespace Assay {
    /// <summary>What the compiler says about one place in the sources.</summary>
    sealed class Finding {
        public string File;
        public int Line;
        public string Rule;
        public string Message;
        public bool IsError;

        public string Shown(string file) {
            return $"{file}:{Line}: {Rule}: {Message}";
        }
    }

    /// <summary>The C# compiler in this process. Its output goes to a folder that is removed as soon as it is read.</summary>
    sealed class Compiler {
        static readonly string[] References = { "System", "System.Core", "System.Numerics", "System.Xml", "Microsoft.CSharp" };
        static readonly Regex Line = new Regex(@"^(?<file>.+?)\((?<line>\d+)(,\d+)*\): (?<kind>warning|error) (?<rule>CS\d+): (?<text>.*)$");
        static readonly Regex Plain = new Regex(@"^error CS\d+: ");
        static readonly Regex Syntax = new Regex(@": CS(0230|0589|1001|1002|1003|1014|1019|1024|1026|1041|1513|1514|1519|1525|1526|1644|1646): ");
        const string Hint = "This compiler knows C# 6 and part of C# 7: no local functions, switch expressions, patterns in case, "
            + "records, file-scoped namespaces, new() without a type, ??=, ranges, using declarations.";

        const string Crash = "Internal compiler error during parsingSystem.NotImplementedException: ";
        const int MostErrors = 10;

        readonly string folder;

        /// <summary>`folder` exists, is empty, and belongs to the compiler alone.</summary>
        public Compiler(string folder) {
            this.folder = folder;
        }

        /// <summary>Warnings and errors of the last compilation, in the compiler's order.</summary>
        public List<Finding> Findings { get; private set; }

        /// <summary>What went wrong in the last compilation, a line an error; empty when it went well.</summary>
        public string Errors { get; private set; }

        /// <summary>Whether some error of the last compilation is about no file.</summary>
        public bool Lost { get; private set; }

        /// <summary>Builds `name`.dll from source files (paths as the messages shall show them); true when there is one.</summary>
        public bool Build(string name, IEnumerable<string> sources, params string[] references) {
            var arguments = new List<string> {
                "-noconfig", "-langversion:experimental", "-target:library", "-debug", "-out:" + Library(name), "-r:nunit.framework.dll",
                "-lib:" + Path.GetDirectoryName(typeof(Compiler).Assembly.Location) + "/lib/4.5",
            };
            arguments.AddRange(References.Select(r => "-r:" + r));
            arguments.AddRange(references.Select(r => "-r:" + Library(r)));
            arguments.AddRange(sources.Select(Safe));
            return Run(arguments);
        }

        /// <summary>The syntax errors of files that were written, each read by itself.</summary>
        public IEnumerable<Finding> Misread(IEnumerable<string> names) {
            var arguments = new List<string> { "-noconfig", "-langversion:experimental", "--parse" };
            arguments.AddRange(names.Select(Written));
            var other = new Compiler(folder);
            other.Run(arguments);
            return other.Findings.Where(f => f.IsError);
        }

        /// <summary>Puts a text among the sources in place of the file of that name; returns its path.</summary>
        public string Write(string name, string text) {
            Directory.CreateDirectory(Path.GetDirectoryName(Written(name)));
            File.WriteAllText(Written(name), text);
            return Written(name);
        }

        string Written(string name) {
            return Path.Combine(Edited(folder), name);
        }

        /// <summary>The folder of written sources; what lies there is called by the name that it was written under.</summary>
        public static string Edited(string folder) {
            return folder + "/edited/";
        }

        bool Run(List<string> arguments) {
            var said = new StringWriter();
            bool built;
            try {
                built = CompilerCallableEntryPoint.InvokeCompiler(arguments.ToArray(), said);
            } catch (Exception error) when (!(error is OutOfMemoryException)) {
                said.WriteLine("error CS0589: the compiler failed: " + error.GetType().Name + ": " + error.Message);
                built = false;
            }
            Read(said.ToString());
            return built;
        }

        /// <summary>The path of the built library; its symbols are beside it, with ".mdb" behind.</summary>
        public string Library(string name) {
            return Path.Combine(folder, name + ".dll");
        }

        /// <summary>A file name that cannot be taken for an option or a list of options.</summary>
        static string Safe(string source) {
            return Path.IsPathRooted(source) ? source : "./" + source;
        }

        void Read(string said) {
            Findings = new List<Finding>();
            Lost = false;
            var errors = new List<string>();
            foreach (string line in said.Split('\n')) {
                Match match = Line.Match(line);
                if (match.Success) {
                    var finding = new Finding {
                        File = Relative(match.Groups["file"].Value),
                        Line = int.Parse(match.Groups["line"].Value),
                        Rule = match.Groups["rule"].Value,
                        Message = match.Groups["text"].Value.Replace("`", "'").Replace(Crash, "the compiler does not know this: "),
                        IsError = match.Groups["kind"].Value == "error",
                    };
                    Findings.Add(finding);
                    if (finding.IsError) errors.Add(finding.Shown(finding.File));
                } else if (Plain.IsMatch(line)) {
                    errors.Add(line);
                    Lost = true;
                }
            }
            Errors = string.Join("\n", errors.Take(MostErrors));
            if (Syntax.IsMatch(Errors)) Errors += "\n" + Hint;
        }

        string Relative(string file) {
            string here = Directory.GetCurrentDirectory() + "/";
            if (file.StartsWith(Edited(folder), StringComparison.Ordinal)) return file.Substring(Edited(folder).Length);
            if (file.StartsWith(here, StringComparison.Ordinal)) return file.Substring(here.Length);
            return file.StartsWith("./", StringComparison.Ordinal) ? file.Substring(2) : file;
        }
    }
}
