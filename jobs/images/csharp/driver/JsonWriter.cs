using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Assay {
    /// <summary>Writes JSON in ASCII, so that lone surrogates and control characters come through too.</summary>
    static class JsonWriter {
        public static void Text(StringBuilder to, string text) {
            to.Append('"');
            foreach (char c in text) {
                if (c == '"' || c == '\\') to.Append('\\').Append(c);
                else if (c >= ' ' && c < 127) to.Append(c);
                else to.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            to.Append('"');
        }

        public static string Texts(IEnumerable<string> texts) {
            var to = new StringBuilder("[");
            foreach (string text in texts) {
                if (to.Length > 1) to.Append(',');
                Text(to, text);
            }
            return to.Append(']').ToString();
        }
    }
}
