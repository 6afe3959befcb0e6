using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;

namespace Assay {
    /// <summary>
    /// Turns plain data into a value of a parameter's type. Only types of the system's libraries are made, so nothing of
    /// the code under test runs. `cost` grows with the distance between the data and the type; it chooses among overloads.
    /// </summary>
    static class Fit {
        const int Whatever = 9;
        static readonly Type[] Whole = {
            typeof(int), typeof(long), typeof(BigInteger), typeof(uint), typeof(ulong), typeof(short), typeof(ushort),
            typeof(byte), typeof(sbyte),
        };

        public static bool Try(object wire, Type type, ref int cost, out object value) {
            type = Nullable.GetUnderlyingType(type) is Type inner && wire != null ? inner : type;
            if (wire == null) {
                value = null;
                return !type.IsValueType || Nullable.GetUnderlyingType(type) != null;
            }
            if (type == typeof(object)) {
                cost += Whatever;
                value = Natural(wire);
                return true;
            }
            return TryItself(wire, type, ref cost, out value) || Conversion.Try(wire, type, ref cost, out value);
        }

        /// <summary>The data as the type, without a conversion that a type of the library declares.</summary>
        public static bool TryItself(object wire, Type type, ref int cost, out object value) {
            if (wire is bool) return Is(type == typeof(bool), wire, out value);
            if (wire is string) return TryText((string)wire, type, ref cost, out value);
            if (wire is BigInteger) return TryWhole((BigInteger)wire, type, ref cost, out value);
            if (wire is Wire.Real) return TryReal((Wire.Real)wire, type, ref cost, out value);
            if (wire is byte[] && type == typeof(byte[])) return Is(true, wire, out value);
            return Collections.Try(wire, type, ref cost, out value);
        }

        /// <summary>The data for a place that takes any object; lists and maps there hold any objects as well.</summary>
        public static object Natural(object wire) {
            int cost = 0;
            object value;
            return Try(wire, Loose(wire), ref cost, out value) ? value : wire;
        }

        static Type Loose(object wire) {
            if (wire is List<object>) return typeof(List<object>);
            if (wire is Wire.Set) return typeof(HashSet<object>);
            if (!(wire is Wire.Map)) return Inference.NaturalType(wire);
            bool named = ((Wire.Map)wire).Pairs.All(pair => pair.Key is string);
            return named ? typeof(Dictionary<string, object>) : typeof(Dictionary<object, object>);
        }

        static bool Is(bool fits, object found, out object value) {
            value = fits ? found : null;
            return fits;
        }

        static bool TryText(string text, Type type, ref int cost, out object value) {
            if (type == typeof(string)) return Is(true, text, out value);
            cost++;
            if (type == typeof(char)) return Is(text.Length == 1, text.FirstOrDefault(), out value);
            cost += 2;
            if (type == typeof(char[])) return Is(true, text.ToCharArray(), out value);
            if (text.Length == 1 && TryWhole(text[0], type, ref cost, out value)) return true;
            return Is(type.IsAssignableFrom(typeof(string)), text, out value);
        }

        static bool TryWhole(BigInteger number, Type type, ref int cost, out object value) {
            int rank = Array.IndexOf(Whole, type);
            value = null;
            try {
                if (rank >= 0) value = Cast(number, type);
                else if (type == typeof(double)) value = (double)number;
                else if (type == typeof(float)) value = (float)number;
                else if (type == typeof(decimal)) value = (decimal)number;
                else if (type.IsEnum && number.IsZero) value = Enum.ToObject(type, 0);
            } catch (OverflowException) {
                return false;
            }
            cost += rank >= 0 ? rank : Whole.Length;
            return value != null;
        }

        static object Cast(BigInteger number, Type type) {
            if (type == typeof(BigInteger)) return number;
            if (type == typeof(ulong)) return (ulong)number;
            return Convert.ChangeType((long)number, type, CultureInfo.InvariantCulture);
        }

        static bool TryReal(Wire.Real number, Type type, ref int cost, out object value) {
            value = null;
            if (type == typeof(double)) value = number.Value;
            else if (type == typeof(float)) value = (float)number.Value;
            else if (type == typeof(decimal)) {
                decimal exact;
                if (decimal.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out exact)) value = exact;
            }
            cost += type == typeof(double) ? 0 : 1;
            return value != null;
        }
    }
}
