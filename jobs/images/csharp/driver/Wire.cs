using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Assay {
    /// <summary>
    /// Plain data as it comes from the runner: null, bool, string, BigInteger, Real, byte[], List&lt;object&gt; (of these),
    /// Map, Set.
    /// </summary>
    static class Wire {
        const int MaxDepth = 60;

        /// <summary>A number that is not whole by its kind, with the text it came as, since a decimal has more digits.</summary>
        public sealed class Real {
            public string Text;
            public double Value;
        }

        public sealed class Map {
            public List<KeyValuePair<object, object>> Pairs;
        }

        public sealed class Set {
            public List<object> Items;
        }

        /// <summary>The data in a JSON value. Raises FormatException for what is no plain data.</summary>
        public static object Decode(object json, int depth = 0) {
            if (depth > MaxDepth) throw new FormatException("the value is nested too deep");
            if (json is double) return new Real { Text = Number.Shortest((double)json), Value = (double)json };
            var list = json as List<object>;
            if (list != null) return DecodeAll(list, depth);
            var tagged = json as Dictionary<string, object>;
            return tagged == null ? json : DecodeTagged(tagged, depth);
        }

        static List<object> DecodeAll(List<object> list, int depth) {
            return list.Select(item => Decode(item, depth + 1)).ToList();
        }

        static object DecodeTagged(Dictionary<string, object> tagged, int depth) {
            object tag, value;
            tagged.TryGetValue("t", out tag);
            tagged.TryGetValue("v", out value);
            if ((tag as string) == "f" && value is string) return DecodeReal((string)value);
            if ((tag as string) == "b" && value is string) return DecodeBytes((string)value);
            if ((tag as string) == "s" && value is List<object>) return new Set { Items = DecodeAll((List<object>)value, depth) };
            if ((tag as string) != "d" || !(value is List<object>)) throw new FormatException("this is no plain data");
            var pairs = DecodeAll((List<object>)value, depth).Select(pair => pair as List<object>).ToList();
            if (pairs.Any(pair => pair == null || pair.Count != 2)) throw new FormatException("a pair of a map is not one");
            return new Map { Pairs = pairs.Select(pair => new KeyValuePair<object, object>(pair[0], pair[1])).ToList() };
        }

        static Real DecodeReal(string text) {
            switch (text) {
                case "NaN": return new Real { Text = text, Value = double.NaN };
                case "Infinity": return new Real { Text = text, Value = double.PositiveInfinity };
                case "-Infinity": return new Real { Text = text, Value = double.NegativeInfinity };
                case "-0.0": return new Real { Text = text, Value = BitConverter.Int64BitsToDouble(long.MinValue) };
                default: return new Real { Text = text, Value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) };
            }
        }

        static byte[] DecodeBytes(string hex) {
            if (hex.Length % 2 != 0) throw new FormatException("bytes have two digits each");
            var bytes = new byte[hex.Length / 2];
            for (int i = 0; i < bytes.Length; i++) {
                bytes[i] = byte.Parse(hex.Substring(2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            }
            return bytes;
        }
    }
}
