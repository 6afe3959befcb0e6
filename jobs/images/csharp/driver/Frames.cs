using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Assay {
    /// <summary>
    /// Says where in the user's own files something went wrong. The runtime gives offsets without lines unless it is started
    /// for debugging, which makes everything slower; so the lines are looked up here, for failures only.
    /// </summary>
    sealed class Frames {
        const int Most = 3;
        static readonly Regex Frame = new Regex(@"^\s*at (?<name>[^(]+) \((?<parameters>.*)\) \[0x(?<offset>[0-9a-f]+)\] in ");
        static readonly Regex Arguments = new Regex(@"\[[^\[\]]*\]");
        static readonly Regex Generated = new Regex(@"[+.]<(?<name>\w+)>.*$");
        readonly Symbols symbols;

        public Frames(Symbols symbols) {
            this.symbols = symbols;
        }

        /// <summary>
        /// A failure in words: the message, its lines of a stack trace left out, and then the innermost of the user's own
        /// frames, each as "Solution.cs:12 in Solution.Add".
        /// </summary>
        public string Explain(string message, string trace) {
            string[] lines = (message ?? "").Trim().Split('\n');
            IEnumerable<string> words = lines.Where(line => !Frame.IsMatch(line)).Select(line => line.TrimEnd());
            IEnumerable<string> frames = lines.Concat((trace ?? "").Split('\n')).Select(Own).Where(frame => frame != null);
            return string.Join("\n", words.Concat(frames.Distinct().Take(Most)));
        }

        string Own(string line) {
            Match match = Frame.Match(line);
            if (!match.Success) return null;
            string name = Arguments.Replace(match.Groups["name"].Value, "");
            string[] parameters = Arguments.Replace(match.Groups["parameters"].Value, "").Split(new[] { ", " }, StringSplitOptions.None);
            MethodBase method = symbols.Named(name).OrderByDescending(m => Likeness(m, parameters)).FirstOrDefault();
            if (method == null) return null;
            int offset = int.Parse(match.Groups["offset"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            return symbols.Place(method, offset) + " in " + Generated.Replace(name, ".${name}");
        }

        /// <summary>How well a method goes with parameters such as "System.Int32 count"; chooses among overloads.</summary>
        static int Likeness(MethodBase method, string[] parameters) {
            var own = method.GetParameters();
            int pairs = Math.Min(own.Length, parameters.Length);
            return -Math.Abs(own.Length - parameters.Length)
                + Enumerable.Range(0, pairs).Count(i => parameters[i].EndsWith("." + own[i].ParameterType.Name + " " + own[i].Name));
        }
    }
}
