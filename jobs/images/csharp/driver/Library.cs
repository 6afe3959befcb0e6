using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Assay {
    /// <summary>Which types are the system's and which the code's own.</summary>
    static class Library {
        static readonly string Here = Path.GetDirectoryName(typeof(object).Assembly.Location) + "/";
        static readonly string[] Names = { "mscorlib", "System", "System.Core", "System.Numerics", "System.Xml", "Microsoft.CSharp" };
        static HashSet<string> errors;

        public static bool Has(Assembly assembly) {
            if (assembly.IsDynamic) return false;
            return assembly.Location.StartsWith(Here, StringComparison.Ordinal) || assembly.Location.StartsWith("/usr/lib/", StringComparison.Ordinal);
        }

        /// <summary>True when a part of the type is the code's own: its elements, its type arguments, a type parameter.</summary>
        public static bool Lacks(Type type) {
            if (type.HasElementType) return Lacks(type.GetElementType());
            return type.IsGenericParameter || !Has(type.Assembly) || type.GetGenericArguments().Any(Lacks);
        }

        /// <summary>Whether a type may give its name to an error: one of the code's own may not pass for the system's.</summary>
        public static bool Lends(Type type) {
            if (Has(type.Assembly)) return true;
            errors = errors ?? new HashSet<string>(
                from name in Names from known in Assembly.Load(name).GetExportedTypes()
                where typeof(Exception).IsAssignableFrom(known) select known.Name);
            return !errors.Contains(type.Name.Split('`')[0]);
        }
    }
}
