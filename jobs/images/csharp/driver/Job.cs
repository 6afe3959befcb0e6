using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Assay {
    /// <summary>What one process is asked to do: the one line on its standard input.</summary>
    sealed class Job {
        /// <summary>"test" or "vectors".</summary>
        public string Mode;
        public List<string> Files = new List<string>();
        public HashSet<string> Skip = new HashSet<string>();
        public bool Stub;
        public List<Call> Calls = new List<Call>();

        /// <summary>One call of the code under test; `Arguments` as the JSON reader gives them.</summary>
        public sealed class Call {
            public string Id;
            public string Target;
            public List<object> Arguments;
        }

        /// <summary>The first line of the stream, null when it ends without one.</summary>
        public static string ReadLine(Stream input) {
            var line = new MemoryStream();
            var part = new byte[1 << 16];
            int count;
            while ((count = input.Read(part, 0, part.Length)) > 0) {
                int end = Array.IndexOf(part, (byte)'\n', 0, count);
                line.Write(part, 0, end < 0 ? count : end);
                if (end >= 0) return Encoding.UTF8.GetString(line.ToArray());
            }
            return line.Length == 0 ? null : Encoding.UTF8.GetString(line.ToArray());
        }

        /// <summary>The job from its JSON. Raises FormatException when it is not one.</summary>
        public static Job Parse(string line) {
            var raw = JsonReader.Parse(line) as Dictionary<string, object>;
            if (raw == null) throw new FormatException("the job is not an object");
            var job = new Job { Mode = Member<string>(raw, "mode") };
            if (job.Mode == "vectors") {
                job.Calls = Member<List<object>>(raw, "calls").Select(ParseCall).ToList();
                return job;
            }
            if (job.Mode != "test") throw new FormatException("the mode is neither test nor vectors");
            job.Files = Texts(raw, "files").ToList();
            job.Skip = new HashSet<string>(Texts(raw, "skip"));
            job.Stub = raw.ContainsKey("stub") && Member<bool>(raw, "stub");
            return job;
        }

        static Call ParseCall(object raw) {
            var call = raw as Dictionary<string, object>;
            if (call == null) throw new FormatException("a call is not an object");
            return new Call {
                Id = Member<string>(call, "id"),
                Target = Member<string>(call, "call"),
                Arguments = Member<List<object>>(call, "args"),
            };
        }

        static IEnumerable<string> Texts(Dictionary<string, object> raw, string name) {
            return raw.ContainsKey(name) ? Member<List<object>>(raw, name).Cast<string>() : Enumerable.Empty<string>();
        }

        static T Member<T>(Dictionary<string, object> raw, string name) {
            object value;
            if (raw.TryGetValue(name, out value) && value is T) return (T)value;
            throw new FormatException("the job's " + name + " is missing or of another kind");
        }
    }
}
