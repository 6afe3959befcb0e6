using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Reflection;

namespace Assay {
    /// <summary>Chooses the type arguments of a generic method by the data that it is to be called with.</summary>
    static class Inference {
        static readonly Type[] Widening = { typeof(int), typeof(long), typeof(BigInteger), typeof(double) };

        /// <summary>The method with its type arguments, itself when it is not generic, null when they cannot be found.</summary>
        public static MethodInfo Close(MethodInfo method, IList<object> wires) {
            if (!method.IsGenericMethodDefinition) return method;
            var bound = new Dictionary<Type, Type>();
            ParameterInfo[] parameters = method.GetParameters();
            int last = parameters.Length - 1;
            bool open = Arguments.IsOpen(parameters) && !(wires.Count == parameters.Length && wires[last] is List<object>);
            for (int i = 0; i < wires.Count && (open || i <= last); i++) {
                Type type = open && i >= last ? parameters[last].ParameterType.GetElementType() : parameters[i].ParameterType;
                Unify(type.IsByRef ? type.GetElementType() : type, wires[i], bound);
            }
            Type[] arguments = method.GetGenericArguments();
            try {
                return method.MakeGenericMethod(arguments.Select(a => bound.ContainsKey(a) ? bound[a] : typeof(int)).ToArray());
            } catch (ArgumentException) {
                return null; // a constraint is not met
            }
        }

        /// <summary>The type that one would give the data.</summary>
        public static Type NaturalType(object wire) {
            if (wire is BigInteger) {
                var number = (BigInteger)wire;
                if (number >= int.MinValue && number <= int.MaxValue) return typeof(int);
                return number >= long.MinValue && number <= long.MaxValue ? typeof(long) : typeof(BigInteger);
            }
            if (wire is Wire.Real) return typeof(double);
            if (wire is List<object>) return typeof(List<>).MakeGenericType(Common((List<object>)wire));
            if (wire is Wire.Set) return typeof(HashSet<>).MakeGenericType(Common(((Wire.Set)wire).Items));
            if (!(wire is Wire.Map)) return wire == null ? typeof(object) : wire.GetType();
            var pairs = ((Wire.Map)wire).Pairs;
            return typeof(Dictionary<,>).MakeGenericType(Common(pairs.Select(p => p.Key)), Common(pairs.Select(p => p.Value)));
        }

        static Type Common(IEnumerable<object> wires) {
            Type common = null;
            foreach (object wire in wires) common = Merge(common, NaturalType(wire));
            return common ?? typeof(object);
        }

        static Type Merge(Type one, Type other) {
            if (one == null || one == other) return other;
            int wide = Math.Max(Array.IndexOf(Widening, one), Array.IndexOf(Widening, other));
            bool numbers = Widening.Contains(one) && Widening.Contains(other);
            return numbers ? Widening[wide] : typeof(object);
        }

        static void Unify(Type parameter, object wire, Dictionary<Type, Type> bound) {
            if (wire == null) return;
            if (parameter.IsGenericParameter) {
                Type before;
                bound.TryGetValue(parameter, out before);
                bound[parameter] = Merge(before, NaturalType(wire));
                return;
            }
            var items = wire as List<object> ?? (wire as Wire.Set)?.Items;
            Type[] arguments = parameter.IsArray ? new[] { parameter.GetElementType() } : parameter.GetGenericArguments();
            Type[] ofMap = wire is Wire.Map ? Collections.MapArguments(parameter) : null;
            if (ofMap != null) {
                foreach (KeyValuePair<object, object> pair in ((Wire.Map)wire).Pairs) {
                    Unify(ofMap[0], pair.Key, bound);
                    Unify(ofMap[1], pair.Value, bound);
                }
            } else if (parameter.IsArray && parameter.GetArrayRank() == 2 && items != null) {
                foreach (object row in items) Unify(arguments[0].MakeArrayType(), row, bound);
            } else if (items != null && (parameter.IsArray || Collections.IsList(parameter))) {
                foreach (object item in items) Unify(arguments[0], item, bound);
            } else if (items != null && Collections.IsTuple(parameter) && items.Count == arguments.Length) {
                for (int i = 0; i < items.Count; i++) Unify(arguments[i], items[i], bound);
            } else if (parameter.IsGenericType && items == null) {
                Adopt(parameter, NaturalType(wire), bound);
            }
        }

        /// <summary>A scalar is given for a generic interface of its, or for a Nullable.</summary>
        static void Adopt(Type parameter, Type natural, Dictionary<Type, Type> bound) {
            Type definition = parameter.GetGenericTypeDefinition();
            Type[] arguments = definition == typeof(Nullable<>)
                ? new[] { natural }
                : natural.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition)
                    ?.GetGenericArguments();
            if (arguments == null) return;
            foreach (var pair in parameter.GetGenericArguments().Zip(arguments, (p, a) => new { p, a })) {
                if (pair.p.IsGenericParameter) bound[pair.p] = pair.a;
            }
        }
    }
}
