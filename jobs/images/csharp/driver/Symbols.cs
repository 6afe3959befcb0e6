using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Mono.CompilerServices.SymbolWriter;

namespace Assay {
    /// <summary>Which file and line a method stands in, read from the compiler's symbols.</summary>
    sealed class Symbols {
        readonly Module module;
        readonly Dictionary<int, MethodEntry> methods; // by metadata token
        readonly string here = Directory.GetCurrentDirectory() + "/";
        readonly string edited;
        ILookup<string, MethodBase> byName;

        /// <summary>
        /// `symbols`: the bytes of the .mdb file of `assembly`, whose sources are below the current folder or `edited`.
        /// </summary>
        public Symbols(Assembly assembly, byte[] symbols, string edited) {
            this.edited = edited;
            module = assembly.ManifestModule;
            methods = MonoSymbolFile.ReadSymbolFile(new MemoryStream(symbols)).Methods.ToDictionary(m => m.Token);
        }

        /// <summary>The file of the first method with a body that the type declares, null when it has none.</summary>
        public string FileOf(Type type) {
            const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.Instance | BindingFlags.Static;
            foreach (MemberInfo member in type.GetMembers(all)) {
                MethodEntry method;
                if (member is MethodBase && methods.TryGetValue(member.MetadataToken, out method)) return FileOf(method);
            }
            return null;
        }

        /// <summary>The methods of a full name such as "Shapes.Square..ctor"; nested classes have "+" before their names.</summary>
        public IEnumerable<MethodBase> Named(string name) {
            byName = byName ?? methods.Keys.Select(token => module.ResolveMethod(token))
                .ToLookup(m => m.DeclaringType.FullName + "." + m.Name);
            return byName[name];
        }

        /// <summary>"file:line" of an offset in the code of one of these methods.</summary>
        public string Place(MethodBase method, int offset) {
            MethodEntry entry = methods[method.MetadataToken];
            LineNumberEntry[] lines = entry.GetLineNumberTable().LineNumbers;
            LineNumberEntry line = lines.LastOrDefault(l => l.Offset <= offset && !l.IsHidden) ?? lines.FirstOrDefault();
            return FileOf(entry) + ":" + (line == null ? 0 : line.Row);
        }

        string FileOf(MethodEntry method) {
            string source = Path.GetFullPath(method.CompileUnit.SourceFile.FileName);
            if (source.StartsWith(edited, StringComparison.Ordinal)) return source.Substring(edited.Length);
            return source.StartsWith(here, StringComparison.Ordinal) ? source.Substring(here.Length) : source;
        }
    }
}
