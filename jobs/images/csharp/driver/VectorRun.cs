using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Assay {
    /// <summary>Calls the code under test with plain data and reports what comes back. It knows no expected values.</summary>
    sealed class VectorRun {
        const int Reserve = 64 << 10; // bytes of the report kept for everything but the values
        readonly Report report;
        readonly List<KeyValuePair<string, Target>> supported = new List<KeyValuePair<string, Target>>();
        readonly List<string> refused = new List<string>();

        /// <summary>Decides which calls can be made, without running anything of the code.</summary>
        public VectorRun(Assembly assembly, IEnumerable<Job.Call> calls, Report report) {
            this.report = report;
            foreach (Job.Call call in calls) {
                bool impossible;
                Target target = Target.Find(assembly, call, out impossible);
                if (target != null) supported.Add(new KeyValuePair<string, Target>(call.Id, target));
                if (impossible) refused.Add(call.Id);
            }
        }

        public IEnumerable<string> Supported => supported.Select(c => c.Key);

        /// <summary>The calls that the code has made impossible with plain data.</summary>
        public IEnumerable<string> Refused => refused;

        public int Run() {
            foreach (KeyValuePair<string, Target> call in supported) {
                report.Start(call.Key);
                Answer(call.Key, call.Value);
            }
            return 0;
        }

        void Answer(string id, Target target) {
            var watch = Stopwatch.StartNew();
            string wire;
            try {
                object value = Awaited(target.Invoke());
                wire = WireWriter.Write(value, Math.Max(0, Report.MostBytes - Reserve - report.Written));
            } catch (Exception error) {
                report.Raised(id, Names(error), Message(error));
                return;
            }
            report.Value(id, wire, watch.Elapsed.TotalMilliseconds);
        }

        static object Awaited(object value) {
            var task = value as Task;
            if (task == null) return value;
            task.GetAwaiter().GetResult();
            PropertyInfo result = task.GetType().GetProperty("Result");
            bool nothing = result == null || result.PropertyType.Name == "VoidTaskResult";
            return nothing ? null : result.GetValue(task, null);
        }

        static IEnumerable<string> Names(Exception error) {
            for (Type type = error.GetType(); type != typeof(object); type = type.BaseType) {
                if (Library.Lends(type)) yield return type.Name.Split('`')[0];
            }
        }

        static string Message(Exception error) {
            try {
                return error.Message ?? "";
            } catch (Exception second) {
                return "(its Message raised " + second.GetType().Name + ")";
            }
        }
    }
}
