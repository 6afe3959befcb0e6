using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Assay {
    /// <summary>A test method: the characters from `Start` to `End` of a file, with its attributes and its body.</summary>
    sealed class Method {
        public string Name;
        public int Start, End;
    }

    /// <summary>
    /// The test methods of a file, found by braces and attributes alone, so that one with a mistake in it is found as any
    /// other: where its own braces do not match, the next attribute ends it.
    /// </summary>
    sealed class Methods {
        static readonly Regex Hiding = new Regex(
            @"//[^\n]*|/\*[\s\S]*?\*/|^[ \t]*\#[^\n]*"
            + @"|(?:\$@|@\$)""(?>""""|\{\{|\{[^{}]*\}|[^""])*""?"
            + @"|@""(?>""""|[^""])*""?"
            + @"|\$""(?>\\.|\{\{|\{[^{}\n]*\}|[^""\\\n])*""?"
            + @"|""(?>\\.|[^""\\\n])*""?"
            + @"|'(?>\\.|[^'\\\n])*'?", RegexOptions.Multiline);
        static readonly Regex Type = new Regex(@"\b(?:namespace|class|struct|interface|enum)\s+\w");
        const string Mark = @"\[\s*(?:[\w.]+(?:\([^()]*\))?\s*,\s*)*(?:NUnit\.Framework\.)?(?:Test(?:Case|CaseSource)?|Theory)(?:Attribute)?\b";
        static readonly Regex Test = new Regex(Mark);
        static readonly Regex Begin = new Regex(@"\G(?<=^[ \t]*)" + Mark, RegexOptions.Multiline);
        static readonly Regex Head = new Regex(@"(?<name>\w+)\s*\([^()]*\)\s*(?:=>|$)");

        /// <summary>Without comments and what stands in quotes.</summary>
        readonly string text;
        readonly Stack<char> open = new Stack<char>();
        readonly List<Method> found = new List<Method>();
        int types; // how many of `open` are the braces of types; where these are all, members begin
        int from, body; // where the member in hand begins, and its body

        Methods(string text) {
            this.text = text;
        }

        public static List<Method> In(string text) {
            var methods = new Methods(Hiding.Replace(text, hidden => Blank(hidden.Value)));
            methods.Walk();
            return methods.found;
        }

        /// <summary>As many characters, of which only the line feeds are left.</summary>
        public static string Blank(string text) {
            return new string(text.Select(c => c == '\n' ? c : ' ').ToArray());
        }

        void Walk() {
            for (int at = 0; at < text.Length; at++) {
                switch (text[at]) {
                    case '(': open.Push('('); break;
                    case ')': Close('('); break;
                    case '{': Opened(at); break;
                    case '}': Closed(at); break;
                    case ';': if (AtMembers) Ended(at, at + 1); break;
                    case '[': if (Begin.IsMatch(text, at)) Begun(at); break;
                }
            }
            if (open.Count > types) Ended(body, text.Length);
            if (open.Count > 0) EndAt(text.LastIndexOf('}')); // the last one lacks a brace and took that of its class
        }

        bool AtMembers { get { return open.Count == types; } }

        bool Close(char opening) {
            bool fits = open.Count > 0 && open.Peek() == opening;
            if (fits) open.Pop();
            return fits;
        }

        void Opened(int at) {
            if (AtMembers) {
                body = at;
                if (Type.IsMatch(text.Substring(from, at - from))) {
                    types++;
                    from = at + 1;
                }
            }
            open.Push('{');
        }

        void Closed(int at) {
            while (Close('(')) { }
            if (!Close('{')) {
                EndAt(at); // the last one has a brace too many
            } else if (AtMembers) {
                Ended(body, at + 1);
            } else if (open.Count < types) {
                types--;
                from = at + 1;
            }
        }

        /// <summary>A test begins, whether or not the one before it has ended as it should.</summary>
        void Begun(int at) {
            if (!AtMembers) {
                Ended(body, at);
                while (!AtMembers) open.Pop();
            } else if (types == 0) {
                EndAt(at);
                open.Push('{');
                types = 1;
            }
        }

        /// <summary>The member in hand, whose body begins at `head`, ends; it is noted when it is a test.</summary>
        void Ended(int head, int end) {
            string declared = text.Substring(from, Math.Max(0, head - from));
            Match name = Head.Match(declared);
            if (Test.IsMatch(declared) && name.Success) {
                int space = declared.Length - declared.TrimStart().Length;
                found.Add(new Method { Name = name.Groups["name"].Value, Start = from + space, End = end });
            }
            from = end;
        }

        /// <summary>The last test ends elsewhere than its braces say.</summary>
        void EndAt(int at) {
            Method last = found.LastOrDefault();
            if (last != null) last.End = Math.Max(last.Start, at);
            from = Math.Max(from, at);
        }
    }
}
