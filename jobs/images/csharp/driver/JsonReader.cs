using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Assay {
    /// <summary>
    /// Reads one JSON text: null, bool, string, BigInteger (a number without "." and "e"), double, List&lt;object&gt;,
    /// Dictionary&lt;string, object&gt;. Raises FormatException for anything else.
    /// </summary>
    sealed class JsonReader {
        const int MaxDepth = 200;
        readonly string text;
        int at;

        JsonReader(string text) {
            this.text = text;
        }

        public static object Parse(string text) {
            var reader = new JsonReader(text);
            object value = reader.Value(0);
            reader.Space();
            if (reader.at != text.Length) throw reader.Wrong();
            return value;
        }

        object Value(int depth) {
            if (depth > MaxDepth) throw Wrong();
            Space();
            switch (Peek()) {
                case '{': return Members(depth);
                case '[': return Items(depth);
                case '"': return Text();
                case 't': return Word("true", true);
                case 'f': return Word("false", false);
                case 'n': return Word("null", null);
                default: return Number();
            }
        }

        Dictionary<string, object> Members(int depth) {
            var members = new Dictionary<string, object>();
            at++;
            if (Skip('}')) return members;
            do {
                Space();
                if (Peek() != '"') throw Wrong();
                string name = Text();
                if (!Skip(':')) throw Wrong();
                members[name] = Value(depth + 1);
            } while (Skip(','));
            if (!Skip('}')) throw Wrong();
            return members;
        }

        List<object> Items(int depth) {
            var items = new List<object>();
            at++;
            if (Skip(']')) return items;
            do items.Add(Value(depth + 1)); while (Skip(','));
            if (!Skip(']')) throw Wrong();
            return items;
        }

        string Text() {
            var result = new StringBuilder();
            for (at++; Peek() != '"'; at++) {
                char c = text[at];
                result.Append(c == '\\' ? Escape() : c);
            }
            at++;
            return result.ToString();
        }

        char Escape() {
            at++;
            char c = Peek();
            if (c == 'u') {
                ushort code;
                if (at + 5 > text.Length) throw Wrong();
                string digits = text.Substring(at + 1, 4);
                if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)) throw Wrong();
                at += 4;
                return (char)code;
            }
            int known = "bfnrt\"\\/".IndexOf(c);
            if (known < 0) throw Wrong();
            return "\b\f\n\r\t\"\\/"[known];
        }

        object Number() {
            int begin = at;
            while (at < text.Length && "+-.0123456789eE".IndexOf(text[at]) >= 0) at++;
            string digits = text.Substring(begin, at - begin);
            if (digits.IndexOfAny(new[] { '.', 'e', 'E' }) < 0) {
                BigInteger whole;
                if (BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole)) return whole;
                throw Wrong();
            }
            double real;
            if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out real)) return real;
            throw Wrong();
        }

        object Word(string word, object value) {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) throw Wrong();
            at += word.Length;
            return value;
        }

        bool Skip(char wanted) {
            Space();
            if (at >= text.Length || text[at] != wanted) return false;
            at++;
            return true;
        }

        char Peek() {
            if (at >= text.Length) throw Wrong();
            return text[at];
        }

        void Space() {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) at++;
        }

        FormatException Wrong() {
            return new FormatException("this is not JSON at character " + at);
        }
    }
}
