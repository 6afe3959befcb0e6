using System;
using System.Globalization;

namespace Assay {
    /// <summary>Numbers as text: the shortest that is read back as the same number.</summary>
    static class Number {
        static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

        public static string Shortest(double number) {
            if (double.IsNaN(number)) return "NaN";
            if (double.IsInfinity(number)) return number > 0 ? "Infinity" : "-Infinity";
            if (number == 0) return BitConverter.DoubleToInt64Bits(number) < 0 ? "-0.0" : "0.0";
            string text = null;
            for (int digits = 1; digits <= 17; digits++) {
                text = number.ToString("G" + digits, Plain);
                double back;
                // The largest numbers are rounded beyond the range with fewer digits.
                if (double.TryParse(text, NumberStyles.Float, Plain, out back) && back == number) break;
            }
            return Pointed(text);
        }

        public static string Shortest(float number) {
            if (float.IsNaN(number) || float.IsInfinity(number) || number == 0) return Shortest((double)number);
            string text = null;
            for (int digits = 1; digits <= 9; digits++) {
                text = number.ToString("G" + digits, Plain);
                float back;
                if (float.TryParse(text, NumberStyles.Float, Plain, out back) && back == number) break;
            }
            return Pointed(text);
        }

        public static string Shortest(decimal number) {
            string text = number.ToString(Plain);
            return Pointed(text.Contains(".") ? text.TrimEnd('0').TrimEnd('.') : text);
        }

        static string Pointed(string text) {
            return text.IndexOfAny(new[] { '.', 'E' }) < 0 ? text + ".0" : text;
        }
    }
}
