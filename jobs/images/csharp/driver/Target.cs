using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Assay {
    /// <summary>What a call of the code under test calls, with its arguments, found by looking at types only: nothing of it runs.</summary>
    sealed class Target {
        const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
            | BindingFlags.FlattenHierarchy;

        // What the libraries say to numbers beyond their range, to keys that cannot be compared, to types that do not exist.
        static readonly Type[] NoFit = {
            typeof(FormatException), typeof(OverflowException), typeof(ArgumentException), typeof(InvalidOperationException),
            typeof(TargetInvocationException), typeof(NotSupportedException), typeof(TypeLoadException),
        };

        Type type;
        MemberInfo holder; // of the delegate whose method it is, null for a method of the code's own
        MethodInfo method;
        object[] arguments;

        /// <summary>
        /// What "Class.Method" calls with these arguments: the method that fits them best, or a static field or property
        /// that holds a delegate. A class may be named with its namespace or outer class before it. Private members do not
        /// count. Null when there is none; `refused`: it is the code that makes the call impossible with plain data.
        /// </summary>
        public static Target Find(Assembly assembly, Job.Call call, out bool refused) {
            int dot = call.Target.LastIndexOf('.');
            List<Type> types = dot < 0 ? new List<Type>() : FindTypes(assembly, call.Target.Substring(0, dot));
            refused = types.Count > 1;
            if (types.Count != 1) return null;
            List<object> wires;
            try {
                wires = call.Arguments.Select(a => Wire.Decode(a)).ToList();
            } catch (Exception error) when (IsNoFit(error)) {
                return null;
            }
            List<Target> callees = Callees(types[0], call.Target.Substring(dot + 1));
            Target best = Best(callees, wires);
            refused = best == null && (!callees.Any(c => Counts(c.method.GetParameters(), wires.Count))
                || callees.SelectMany(c => c.method.GetParameters()).Any(p => Library.Lacks(p.ParameterType)));
            return best;
        }

        static bool IsNoFit(Exception error) {
            return NoFit.Any(kind => kind.IsInstanceOfType(error));
        }

        static List<Target> Callees(Type type, string name) {
            var found = new List<Target>();
            foreach (MethodInfo method in type.GetMethods(Members).Where(m => m.Name == name)) {
                bool own = !Library.Has(method.DeclaringType.Assembly) && !method.IsPrivate;
                bool callable = method.IsStatic || CanMake(type);
                if ((own || method.IsPublic) && callable && !method.IsAbstract) found.Add(new Target { type = type, method = method });
            }
            for (Type holder = type; holder != null && found.Count == 0; holder = holder.BaseType) {
                MemberInfo member = Holders(holder).FirstOrDefault(m => m.Name == name);
                Type held = member is FieldInfo ? ((FieldInfo)member).FieldType : (member as PropertyInfo)?.PropertyType;
                MethodInfo invoke = typeof(Delegate).IsAssignableFrom(held) ? held.GetMethod("Invoke") : null;
                if (invoke != null) found.Add(new Target { type = type, holder = member, method = invoke });
                if (member != null) break;
            }
            return found;
        }

        /// <summary>The static fields and properties that the type itself declares, but for private ones.</summary>
        static IEnumerable<MemberInfo> Holders(Type type) {
            const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;
            var fields = type.GetFields(all).Where(f => !f.IsPrivate);
            var properties = type.GetProperties(all).Where(p => p.CanRead && !p.GetGetMethod(true).IsPrivate);
            return fields.Cast<MemberInfo>().Concat(properties);
        }

        static Target Best(List<Target> callees, List<object> wires) {
            Target best = null;
            int least = int.MaxValue;
            foreach (Target callee in callees) {
                int cost = 0;
                Target found = null;
                try {
                    found = Fitting(callee, wires, ref cost);
                } catch (Exception error) when (IsNoFit(error)) {
                    continue;
                }
                if (found == null || cost >= least) continue;
                best = found;
                least = cost;
            }
            return best;
        }

        /// <summary>Calls it, on a new instance where it needs one. What it raises comes as it is.</summary>
        public object Invoke() {
            try {
                return method.Invoke(Instance(), arguments);
            } catch (TargetInvocationException error) {
                throw error.InnerException;
            }
        }

        object Instance() {
            if (holder == null) return method.IsStatic ? null : Activator.CreateInstance(type, true);
            object held = holder is FieldInfo
                ? ((FieldInfo)holder).GetValue(null)
                : ((PropertyInfo)holder).GetGetMethod(true).Invoke(null, new object[0]);
            if (held == null) throw new NullReferenceException();
            return held;
        }

        /// <summary>The classes of a name; where there are such, only those that are in no other class.</summary>
        static List<Type> FindTypes(Assembly assembly, string name) {
            var found = assembly.GetTypes().Where(t => {
                string full = (t.FullName ?? "").Replace('+', '.');
                return !t.IsGenericTypeDefinition && (full == name || full.EndsWith("." + name, StringComparison.Ordinal));
            }).ToList();
            return Preferred(found, t => t.FullName == name) ?? Preferred(found, t => !t.IsNested) ?? found;
        }

        static List<Type> Preferred(List<Type> types, Func<Type, bool> wanted) {
            List<Type> found = types.Where(wanted).ToList();
            return found.Count == 0 ? null : found;
        }

        static Target Fitting(Target callee, List<object> wires, ref int cost) {
            MethodInfo method = Inference.Close(callee.method, wires);
            if (method == null) return null;
            object[] arguments = Arguments.Of(method.GetParameters(), wires, ref cost);
            if (arguments == null) return null;
            return new Target { type = callee.type, holder = callee.holder, method = method, arguments = arguments };
        }

        static bool CanMake(Type type) {
            if (type.IsValueType) return true;
            const BindingFlags constructors = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
            ConstructorInfo plain = type.IsAbstract ? null : type.GetConstructor(constructors, null, Type.EmptyTypes, null);
            return plain != null && !plain.IsPrivate;
        }

        static bool Counts(ParameterInfo[] parameters, int given) {
            if (Arguments.IsOpen(parameters)) return given >= parameters.Length - 1;
            return given <= parameters.Length && parameters.Skip(given).All(p => p.IsOptional);
        }
    }
}
