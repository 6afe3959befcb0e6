using System;
using System.Linq;
using System.Reflection;

namespace Assay {
    /// <summary>
    /// What the language converts by itself: a value to an interface or base of its natural type, and what a type of the
    /// system's libraries says can become one of it (an int becomes a Complex). Nothing of the code under test runs.
    /// </summary>
    static class Conversion {
        const int Far = 12;

        public static bool Try(object wire, Type type, ref int cost, out object value) {
            cost += Far;
            Type natural = wire is Wire.Map || !(wire is System.Collections.IEnumerable) || wire is string
                ? Inference.NaturalType(wire)
                : typeof(object[]);
            if (type != natural && type.IsAssignableFrom(natural)) return Fit.Try(wire, natural, ref cost, out value);
            value = null;
            if (!Library.Has(type.Assembly)) return false;
            foreach (MethodInfo operation in type.GetMethods(BindingFlags.Public | BindingFlags.Static)) {
                if (operation.Name != "op_Implicit" || operation.ReturnType != type) continue;
                object given;
                if (!Fit.TryItself(wire, operation.GetParameters().Single().ParameterType, ref cost, out given)) continue;
                value = operation.Invoke(null, new[] { given });
                return true;
            }
            return false;
        }
    }
}
