using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using NUnit.Core;

namespace Assay {
    /// <summary>Turns what NUnit tells about its tests into events.</summary>
    sealed class CaseListener : MarshalByRefObject, EventListener {
        readonly Report report;
        readonly Dictionary<Test, string> ids;
        readonly Dictionary<string, string> byTest = new Dictionary<string, string>(); // NUnit's unique name: id
        readonly HashSet<string> started = new HashSet<string>();
        readonly HashSet<string> told = new HashSet<string>();
        readonly string workspace = Directory.GetCurrentDirectory();
        readonly Stopwatch watch = new Stopwatch();
        readonly Frames frames;

        public CaseListener(Report report, Dictionary<Test, string> ids, Frames frames) {
            this.report = report;
            this.frames = frames;
            this.ids = ids;
            foreach (var test in ids) byTest[test.Key.TestName.UniqueName] = test.Value;
            AllGood = true;
        }

        /// <summary>True while no test has failed; a skipped one has not.</summary>
        public bool AllGood { get; private set; }

        public void TestStarted(TestName name) {
            string id;
            if (!byTest.TryGetValue(name.UniqueName, out id)) return;
            Start(id);
            watch.Restart();
        }

        public void TestFinished(TestResult result) {
            string id;
            double milliseconds = watch.Elapsed.TotalMilliseconds;
            if (result.FailureSite == FailureSite.Parent) return; // the fixture's result has the reason
            if (byTest.TryGetValue(result.Test.TestName.UniqueName, out id)) Tell(id, Outcome(result), result, milliseconds);
        }

        void Start(string id) {
            if (started.Add(id)) report.Start(id);
        }

        /// <summary>Tells of the tests that got no turn: their fixture is to be ignored, or could not be set up.</summary>
        public void Close(TestResult fixture, IEnumerable<TestMethod> tests) {
            string outcome = Outcome(fixture) == "skipped" ? "skipped" : "error";
            foreach (TestMethod test in tests) {
                string id = ids[test];
                if (told.Contains(id)) continue;
                Start(id);
                Tell(id, outcome, fixture, 0);
            }
        }

        void Tell(string id, string outcome, TestResult result, double milliseconds) {
            if (!told.Add(id)) return;
            AllGood &= outcome == "passed" || outcome == "skipped";
            string message = outcome == "passed" ? "" : frames.Explain(result.Message, result.StackTrace);
            report.Case(id, outcome, message, milliseconds);
        }

        static string Outcome(TestResult result) {
            switch (result.ResultState) {
                case ResultState.Success: return "passed";
                case ResultState.Failure: return "failed";
                case ResultState.Ignored:
                case ResultState.Skipped:
                case ResultState.Inconclusive: return "skipped";
                default: return "error";
            }
        }

        public override object InitializeLifetimeService() {
            return null;
        }

        public void RunStarted(string name, int testCount) { }

        public void RunFinished(TestResult result) { }

        public void RunFinished(Exception exception) { }

        /// <summary>NUnit has just gone to the folder of the library, but tests look for files in their own.</summary>
        public void SuiteStarted(TestName name) {
            Directory.SetCurrentDirectory(workspace);
        }

        public void SuiteFinished(TestResult result) { }

        public void UnhandledException(Exception exception) { }

        public void TestOutput(TestOutput output) { }
    }
}
