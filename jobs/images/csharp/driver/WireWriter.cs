using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Assay {
    /// <summary>Writes a value as plain data; what is none becomes {"t":"o"}. Raises whatever an enumeration raises.</summary>
    sealed class WireWriter {
        const int MaxDepth = 60, MaxText = 200;
        readonly StringBuilder to = new StringBuilder();
        readonly int most;

        sealed class TooLarge : Exception { }

        WireWriter(int most) {
            this.most = most;
        }

        /// <summary>The value as JSON of at most `most` characters, else as one that says that it is too large.</summary>
        public static string Write(object value, int most) {
            var writer = new WireWriter(most);
            try {
                writer.Add(value, 0);
                return writer.to.ToString();
            } catch (TooLarge) {
                return "{\"t\":\"o\",\"v\":\"too large\"}";
            }
        }

        void Add(object value, int depth) {
            if (to.Length > most || depth > MaxDepth) throw new TooLarge();
            if (value == null) to.Append("null");
            else if (value is bool) to.Append((bool)value ? "true" : "false");
            else if (value is string || value is char) AddText(value.ToString());
            else if (value is double) Tagged("f", Number.Shortest((double)value));
            else if (value is float) Tagged("f", Number.Shortest((float)value));
            else if (value is decimal) Tagged("f", Number.Shortest((decimal)value));
            else if (IsWhole(value)) to.Append(((IFormattable)value).ToString("D", CultureInfo.InvariantCulture));
            else if (value is byte[]) Tagged("b", string.Concat(((byte[])value).Select(b => b.ToString("x2"))));
            else if (value is Array) AddArray((Array)value, new int[0], depth);
            else if (IsMap(value)) AddMap((IEnumerable)value, depth);
            else if (IsSet(value)) AddItems("{\"t\":\"s\",\"v\":[", (IEnumerable)value, "]}", depth);
            else if (value is IEnumerable) AddItems("[", (IEnumerable)value, "]", depth);
            else if (value is ITuple) AddItems("[", Parts((ITuple)value), "]", depth);
            else if (Is(value, typeof(KeyValuePair<,>))) AddItems("[", new[] { Part(value, "Key"), Part(value, "Value") }, "]", depth);
            else Tagged("o", Describe(value));
            if (to.Length > most) throw new TooLarge();
        }

        static bool IsWhole(object value) {
            if (value is BigInteger) return true;
            TypeCode code = value is Enum ? TypeCode.Object : Type.GetTypeCode(value.GetType());
            return code >= TypeCode.SByte && code <= TypeCode.UInt64;
        }

        static bool Is(object value, Type definition) {
            return value.GetType().IsGenericType && value.GetType().GetGenericTypeDefinition() == definition;
        }

        static bool Implements(object value, Type definition) {
            return value.GetType().GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition);
        }

        static bool IsMap(object value) {
            return value is IDictionary || Implements(value, typeof(IDictionary<,>)) || Implements(value, typeof(IReadOnlyDictionary<,>));
        }

        static bool IsSet(object value) {
            return Implements(value, typeof(ISet<>));
        }

        static IEnumerable<object> Parts(ITuple tuple) {
            for (int i = 0; i < tuple.Length; i++) yield return tuple[i];
        }

        static object Part(object pair, string name) {
            return pair.GetType().GetProperty(name).GetValue(pair, null);
        }

        void AddItems(string open, IEnumerable items, string close, int depth) {
            to.Append(open);
            bool more = false;
            foreach (object item in items) {
                if (more) to.Append(',');
                more = true;
                Add(item, depth + 1);
            }
            to.Append(close);
        }

        /// <summary>An array of several dimensions becomes lists in lists.</summary>
        void AddArray(Array array, int[] at, int depth) {
            if (at.Length == array.Rank) {
                Add(array.GetValue(at), depth);
                return;
            }
            to.Append('[');
            for (int i = array.GetLowerBound(at.Length); i <= array.GetUpperBound(at.Length); i++) {
                if (i > array.GetLowerBound(at.Length)) to.Append(',');
                AddArray(array, at.Concat(new[] { i }).ToArray(), depth + 1);
            }
            to.Append(']');
        }

        void AddMap(IEnumerable map, int depth) {
            to.Append("{\"t\":\"d\",\"v\":[");
            bool more = false;
            foreach (object pair in map) {
                if (more) to.Append(',');
                more = true;
                bool plain = pair is DictionaryEntry;
                object key = plain ? ((DictionaryEntry)pair).Key : Part(pair, "Key");
                object value = plain ? ((DictionaryEntry)pair).Value : Part(pair, "Value");
                AddItems("[", new[] { key, value }, "]", depth + 1);
            }
            to.Append("]}");
        }

        void AddText(string text) {
            if (text.Length > most) throw new TooLarge();
            JsonWriter.Text(to, text);
        }

        void Tagged(string tag, string text) {
            to.Append("{\"t\":\"").Append(tag).Append("\",\"v\":");
            AddText(text);
            to.Append('}');
        }

        static string Describe(object value) {
            string text = value.GetType().Name + ": " + value;
            return text.Length > MaxText ? text.Substring(0, MaxText) : text;
        }
    }
}
