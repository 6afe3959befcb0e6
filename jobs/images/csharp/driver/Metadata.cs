using System;
using System.IO;
using System.Linq;
using System.Text;

namespace Assay {
    /// <summary>
    /// The two tables TypeDef and MethodDef of a library (ECMA-335, partition II, sections 22, 24 and 25). Rows count from 1.
    /// </summary>
    sealed class Metadata {
        const int Module = 0, TypeRef = 1, TypeDef = 2, FieldPtr = 3, Field = 4, MethodPtr = 5, MethodDef = 6, Param = 8,
            ModuleRef = 26, TypeSpec = 27, AssemblyRef = 35, Tables = 64;

        const byte NoInlining = 8;

        readonly byte[] image;
        readonly int[] rows = new int[Tables];
        readonly int names, nameSize, typeRow, types, methodRow, methods, methodList;

        /// <summary>Works on `image` itself. Raises InvalidDataException for what is no library.</summary>
        public Metadata(byte[] image) {
            this.image = image;
            int root = Root();
            names = Stream(root, "#Strings");
            int tables = Stream(root, "#~");
            byte heaps = image[tables + 6];
            nameSize = (heaps & 1) != 0 ? 4 : 2;
            int guidSize = (heaps & 2) != 0 ? 4 : 2, blobSize = (heaps & 4) != 0 ? 4 : 2;
            ulong present = BitConverter.ToUInt64(image, tables + 8);
            int at = tables + 24;
            for (int table = 0; table < Tables; table++) {
                if ((present >> table & 1) == 0) continue;
                rows[table] = BitConverter.ToInt32(image, at);
                at += 4;
            }
            at += rows[Module] * (2 + nameSize + 3 * guidSize);
            at += rows[TypeRef] * (Coded(2, Module, ModuleRef, AssemblyRef, TypeRef) + 2 * nameSize);
            types = at;
            methodList = 4 + 2 * nameSize + Coded(2, TypeDef, TypeRef, TypeSpec) + Index(Field);
            typeRow = methodList + Index(MethodDef);
            at += rows[TypeDef] * typeRow;
            at += rows[FieldPtr] * Index(Field);
            at += rows[Field] * (2 + nameSize + blobSize);
            at += rows[MethodPtr] * Index(MethodDef);
            methods = at;
            methodRow = 8 + nameSize + blobSize + Index(Param);
        }

        public int Methods => rows[MethodDef];

        public string NameOf(int method) {
            return Name(methods + (method - 1) * methodRow + 8);
        }

        /// <summary>Where the method's body is (its RVA), 0 when it has none.</summary>
        public uint GetBody(int method) {
            return BitConverter.ToUInt32(image, methods + (method - 1) * methodRow);
        }

        public void SetBody(int method, uint body) {
            BitConverter.GetBytes(body).CopyTo(image, methods + (method - 1) * methodRow);
        }

        /// <summary>Keeps every method a frame of its own in stack traces, however short it is.</summary>
        public void ForbidInlining() {
            for (int method = 1; method <= Methods; method++) {
                if (GetBody(method) != 0) image[methods + (method - 1) * methodRow + 4] |= NoInlining;
            }
        }

        /// <summary>The rows `first` up to but not `end` of the methods of a type. Raises InvalidDataException without it.</summary>
        public void MethodsOf(string type, out int first, out int end) {
            for (int row = 0; row < rows[TypeDef]; row++) {
                int at = types + row * typeRow;
                if (Name(at + 4) != type) continue;
                first = Number(at + methodList, Index(MethodDef));
                bool last = row + 1 == rows[TypeDef];
                end = last ? Methods + 1 : Number(at + typeRow + methodList, Index(MethodDef));
                return;
            }
            throw new InvalidDataException("there is no type " + type + " in the library");
        }

        int Root() {
            int header = BitConverter.ToInt32(image, 0x3c);
            if (BitConverter.ToUInt32(image, header) != 0x4550) throw new InvalidDataException("this is not a library");
            int optional = header + 24;
            bool wide = BitConverter.ToUInt16(image, optional) == 0x20b;
            int runtime = Offset(header, BitConverter.ToUInt32(image, optional + (wide ? 112 : 96) + 14 * 8));
            return Offset(header, BitConverter.ToUInt32(image, runtime + 8));
        }

        int Offset(int header, uint address) {
            int section = header + 24 + BitConverter.ToUInt16(image, header + 20);
            for (int left = BitConverter.ToUInt16(image, header + 6); left > 0; left--, section += 40) {
                uint begin = BitConverter.ToUInt32(image, section + 12), size = BitConverter.ToUInt32(image, section + 16);
                if (address >= begin && address - begin < size) {
                    return (int)(address - begin + BitConverter.ToUInt32(image, section + 20));
                }
            }
            throw new InvalidDataException("an address of the library is in none of its sections");
        }

        int Stream(int root, string wanted) {
            int at = root + 16 + BitConverter.ToInt32(image, root + 12);
            int left = BitConverter.ToUInt16(image, at + 2);
            for (at += 4; left > 0; left--) {
                string name = Zero(at + 8);
                if (name == wanted) return root + BitConverter.ToInt32(image, at);
                at += 8 + (name.Length / 4 + 1) * 4;
            }
            throw new InvalidDataException("the library has no stream " + wanted);
        }

        int Index(int table) {
            return rows[table] < 1 << 16 ? 2 : 4;
        }

        int Coded(int bits, params int[] tables) {
            return tables.Max(t => rows[t]) < 1 << (16 - bits) ? 2 : 4;
        }

        int Number(int at, int size) {
            return size == 2 ? BitConverter.ToUInt16(image, at) : BitConverter.ToInt32(image, at);
        }

        string Name(int at) {
            return Zero(names + Number(at, nameSize));
        }

        string Zero(int at) {
            return Encoding.UTF8.GetString(image, at, Array.IndexOf(image, (byte)0, at) - at);
        }
    }
}
