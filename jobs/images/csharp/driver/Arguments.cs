using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Assay {
    /// <summary>Plain data as the arguments of a method.</summary>
    static class Arguments {
        /// <summary>True where the last parameter takes any number of arguments.</summary>
        public static bool IsOpen(ParameterInfo[] parameters) {
            return parameters.Length > 0 && parameters[parameters.Length - 1].IsDefined(typeof(ParamArrayAttribute), false);
        }

        /// <summary>The arguments, null when the data does not fit. `cost` grows with the distance between the two.</summary>
        public static object[] Of(ParameterInfo[] parameters, List<object> wires, ref int cost) {
            int count = parameters.Length;
            int whole = 0;
            object[] direct = Direct(parameters, wires, ref whole);
            if (direct != null) {
                cost += whole;
                return direct;
            }
            if (!IsOpen(parameters) || wires.Count < count - 1) return null;
            var packed = new List<object>(wires.Take(count - 1)) { wires.Skip(count - 1).ToList() };
            cost += 1;
            return Direct(parameters, packed, ref cost);
        }

        /// <summary>The type of what is passed; an `in` parameter takes a value as any other, `ref` and `out` do not.</summary>
        static bool TryType(ParameterInfo parameter, out Type type) {
            type = parameter.ParameterType;
            if (!type.IsByRef) return true;
            type = type.GetElementType();
            return parameter.IsIn && !parameter.IsOut;
        }

        static object[] Direct(ParameterInfo[] parameters, List<object> wires, ref int cost) {
            if (wires.Count > parameters.Length) return null;
            var values = new object[parameters.Length];
            for (int i = 0; i < values.Length; i++) {
                Type type;
                if (i < wires.Count) {
                    if (!TryType(parameters[i], out type) || !Fit.Try(wires[i], type, ref cost, out values[i])) return null;
                } else if (parameters[i].IsOptional) {
                    values[i] = parameters[i].DefaultValue;
                    cost++;
                } else {
                    return null;
                }
            }
            return values;
        }
    }
}
