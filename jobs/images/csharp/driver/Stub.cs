using System;
using System.IO;

namespace Assay {
    /// <summary>
    /// Takes the bodies out of a compiled library: every method of it gets the body of one that throws. It is done in the
    /// metadata, where a method's body is a number in a table, so no source has to be understood and nothing is run.
    /// </summary>
    static class Stub {
        const string Thrower = "Throw";

        /// <summary>Source of the exception `type`, of the method that throws it, and of the leave for `friend` to look inside.</summary>
        public static string Source(string type, string friend) {
            return "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"" + friend + "\")]\n"
                + "sealed class " + type + " : System.Exception { static void " + Thrower + "() { throw new " + type + "(); } }\n";
        }

        /// <summary>A library, compiled with such a source, in which all methods but those of `type` throw.</summary>
        public static byte[] Patch(byte[] library, string type) {
            var metadata = new Metadata(library);
            int first, end;
            metadata.MethodsOf(type, out first, out end);
            uint body = 0;
            for (int method = first; method < end; method++) {
                if (metadata.NameOf(method) == Thrower) body = metadata.GetBody(method);
            }
            if (body == 0) throw new InvalidDataException("the method that throws is not in the library");
            for (int method = 1; method <= metadata.Methods; method++) {
                bool own = method >= first && method < end;
                if (!own && metadata.GetBody(method) != 0) metadata.SetBody(method, body);
            }
            return library;
        }
    }
}
