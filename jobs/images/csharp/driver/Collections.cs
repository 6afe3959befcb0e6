using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Assay {
    /// <summary>Lists, sets, maps and tuples of the system's libraries, made from plain data.</summary>
    static class Collections {
        static readonly Type[] Lists = {
            typeof(List<>), typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(IReadOnlyCollection<>),
            typeof(IReadOnlyList<>), typeof(Queue<>), typeof(Stack<>), typeof(LinkedList<>),
        };
        static readonly Type[] Sets = {
            typeof(HashSet<>), typeof(ISet<>), typeof(SortedSet<>), typeof(IEnumerable<>), typeof(ICollection<>),
            typeof(IReadOnlyCollection<>),
        };
        static readonly Type[] Maps = {
            typeof(Dictionary<,>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(SortedDictionary<,>),
            typeof(SortedList<,>),
        };

        public static bool IsList(Type type) {
            return type.IsGenericType && (Is(type, Lists) || Is(type, Sets));
        }

        /// <summary>The types of the keys and values of a map, also where it is a list of pairs; null for what is none.</summary>
        public static Type[] MapArguments(Type type) {
            if (Is(type, Maps)) return type.GetGenericArguments();
            Type element = Is(type, Lists) ? type.GetGenericArguments()[0] : type;
            return element != type && Is(element, typeof(KeyValuePair<,>)) ? element.GetGenericArguments() : null;
        }

        public static bool IsTuple(Type type) {
            string name = type.IsGenericType ? type.GetGenericTypeDefinition().FullName : "";
            bool tuple = name.StartsWith("System.ValueTuple`") || name.StartsWith("System.Tuple`") || Is(type, typeof(KeyValuePair<,>));
            return tuple && type.Assembly == typeof(object).Assembly && type.GetGenericArguments().Length < 8;
        }

        public static bool Try(object wire, Type type, ref int cost, out object value) {
            value = null;
            if (wire is Wire.Map) return MapArguments(type) != null && TryMap((Wire.Map)wire, type, ref cost, out value);
            if (wire is Wire.Set) return Is(type, Sets) && TrySet(((Wire.Set)wire).Items, type, ref cost, out value);
            var items = wire as List<object> ?? ((byte[])wire).Select(b => (object)(BigInteger)b).ToList();
            if (type.IsArray) return TryArray(items, type, ref cost, out value);
            if (IsTuple(type)) return TryTuple(items, type, ref cost, out value);
            if (Is(type, Lists)) return TryList(items, type, ref cost, out value);
            cost++;
            if (Is(type, Sets)) return TrySet(items, type, ref cost, out value);
            if (!type.IsAssignableFrom(typeof(ArrayList))) return false;
            value = new ArrayList(items.Select(Fit.Natural).ToArray());
            return true;
        }

        static bool Is(Type type, params Type[] definitions) {
            return type.IsGenericType && definitions.Contains(type.GetGenericTypeDefinition());
        }

        static bool TryItems(List<object> items, Type element, ref int cost, out IList made) {
            made = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element));
            int most = 0;
            foreach (object item in items) {
                int own = 0;
                object value;
                if (!Fit.Try(item, element, ref own, out value)) return false;
                most = Math.Max(most, own);
                made.Add(value);
            }
            cost += most;
            return true;
        }

        static bool TryArray(List<object> items, Type type, ref int cost, out object value) {
            IList made;
            value = null;
            if (type.GetArrayRank() == 2) return TryGrid(items, type.GetElementType(), ref cost, out value);
            if (type.GetArrayRank() != 1 || !TryItems(items, type.GetElementType(), ref cost, out made)) return false;
            Array array = Array.CreateInstance(type.GetElementType(), made.Count);
            made.CopyTo(array, 0);
            value = array;
            return true;
        }

        static bool TryGrid(List<object> items, Type element, ref int cost, out object value) {
            List<List<object>> rows = items.Select(item => item as List<object>).ToList();
            int width = rows.Count == 0 || rows[0] == null ? 0 : rows[0].Count;
            IList made;
            value = null;
            if (rows.Any(row => row == null || row.Count != width)) return false;
            if (!TryItems(rows.SelectMany(row => row).ToList(), element, ref cost, out made)) return false;
            Array grid = Array.CreateInstance(element, rows.Count, width);
            for (int i = 0; i < made.Count; i++) grid.SetValue(made[i], i / width, i % width);
            value = grid;
            return true;
        }

        static bool TryList(List<object> items, Type type, ref int cost, out object value) {
            IList made;
            value = null;
            if (!TryItems(items, type.GetGenericArguments()[0], ref cost, out made)) return false;
            value = type.IsInstanceOfType(made) ? made : Activator.CreateInstance(type, made);
            return true;
        }

        static bool TrySet(List<object> items, Type type, ref int cost, out object value) {
            IList made;
            value = null;
            Type element = type.GetGenericArguments()[0];
            if (!TryItems(items, element, ref cost, out made)) return false;
            Type set = Is(type, typeof(SortedSet<>)) ? type : typeof(HashSet<>).MakeGenericType(element);
            value = Activator.CreateInstance(set, made);
            return true;
        }

        static bool TryMap(Wire.Map map, Type type, ref int cost, out object value) {
            Type[] arguments = MapArguments(type);
            var made = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments));
            value = null;
            foreach (KeyValuePair<object, object> pair in map.Pairs) {
                object key, item;
                if (!Fit.Try(pair.Key, arguments[0], ref cost, out key) || key == null || made.Contains(key)) return false;
                if (!Fit.Try(pair.Value, arguments[1], ref cost, out item)) return false;
                made.Add(key, item);
            }
            value = type.IsInstanceOfType(made) ? made : Activator.CreateInstance(type, made);
            return true;
        }

        static bool TryTuple(List<object> items, Type type, ref int cost, out object value) {
            Type[] parts = type.GetGenericArguments();
            var made = new object[parts.Length];
            value = null;
            if (items.Count != parts.Length) return false;
            for (int i = 0; i < parts.Length; i++) {
                if (!Fit.Try(items[i], parts[i], ref cost, out made[i])) return false;
            }
            value = Activator.CreateInstance(type, made);
            return true;
        }
    }
}
