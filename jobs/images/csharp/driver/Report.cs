using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Assay {
    /// <summary>The events of a run, one JSON object a line, on a descriptor of its own; a descriptor below 0 takes nothing.</summary>
    sealed class Report {
        public const int MostBytes = 1 << 20;
        const int MostText = 2000;
        readonly int descriptor;

        public Report(int descriptor) {
            this.descriptor = descriptor;
        }

        /// <summary>Bytes written so far.</summary>
        public int Written { get; private set; }

        public void Ready() {
            Send(Begin("ready"));
        }

        public void Finding(Finding finding) {
            var line = Begin("finding");
            Add(line, "file", finding.File);
            Add(line, "line", finding.Line);
            Add(line, "rule", finding.Rule);
            Add(line, "severity", "warning");
            Add(line, "message", finding.Message);
            Send(line);
        }

        public void Broken(string message) {
            var line = Begin("broken");
            Add(line, "message", message);
            Send(line);
        }

        public void Collected(IEnumerable<string> ids) {
            Send(Begin("collected").Append(",\"ids\":").Append(JsonWriter.Texts(ids)));
        }

        public void Supported(IEnumerable<string> ids, IEnumerable<string> refused) {
            var line = Begin("supported").Append(",\"ids\":").Append(JsonWriter.Texts(ids));
            Send(line.Append(",\"refused\":").Append(JsonWriter.Texts(refused)));
        }

        public void Start(string id) {
            var line = Begin("start");
            Add(line, "id", id);
            Send(line);
        }

        /// <summary>`outcome`: passed, failed, error or skipped.</summary>
        public void Case(string id, string outcome, string message, double milliseconds) {
            var line = Begin("case");
            Add(line, "id", id);
            Add(line, "outcome", outcome);
            Add(line, "message", message);
            Add(line, milliseconds);
            Send(line);
        }

        /// <summary>`wire`: the value as JSON.</summary>
        public void Value(string id, string wire, double milliseconds) {
            var line = Begin("value");
            Add(line, "id", id);
            line.Append(",\"value\":").Append(wire);
            Add(line, milliseconds);
            Send(line);
        }

        public void Raised(string id, IEnumerable<string> errors, string message) {
            var line = Begin("raised");
            Add(line, "id", id);
            line.Append(",\"errors\":").Append(JsonWriter.Texts(errors));
            Add(line, "message", message);
            Send(line);
        }

        public void Finish(int code) {
            var line = Begin("finish");
            Add(line, "code", code);
            Send(line);
        }

        static StringBuilder Begin(string name) {
            return new StringBuilder("{\"ev\":\"").Append(name).Append('"');
        }

        static void Add(StringBuilder line, string name, string text) {
            line.Append(",\"").Append(name).Append("\":");
            JsonWriter.Text(line, text.Length > MostText ? text.Substring(0, MostText) : text);
        }

        static void Add(StringBuilder line, string name, int number) {
            line.Append(",\"").Append(name).Append("\":").Append(number.ToString(CultureInfo.InvariantCulture));
        }

        static void Add(StringBuilder line, double milliseconds) {
            line.Append(",\"ms\":").Append(milliseconds.ToString("0.###", CultureInfo.InvariantCulture));
        }

        void Send(StringBuilder line) {
            byte[] data = Encoding.ASCII.GetBytes(line.Append("}\n").ToString());
            Written += data.Length;
            if (descriptor >= 0) Native.Write(descriptor, data);
        }
    }
}
