using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using NUnit.Core;

namespace Assay {
    /// <summary>Runs the tests of a built assembly with NUnit, in this process and without NUnit's own runners.</summary>
    sealed class TestRun {
        const int Passed = 0, Failed = 1, NothingCollected = 5;
        readonly Report report;
        readonly Dictionary<string, string> dropped;
        readonly Frames frames;
        readonly List<TestSuite> fixtures = new List<TestSuite>();
        readonly Dictionary<Test, string> ids = new Dictionary<Test, string>();

        /// <summary>Collects the tests of `files`, in their order, then in the order of the source.</summary>
        public TestRun(Built built, IList<string> files, Report report) {
            this.report = report;
            dropped = built.Dropped;
            frames = new Frames(built.Symbols);
            CoreExtensions.Host.InitializeService();
            TestExecutionContext.CurrentContext.TestPackage = new TestPackage("tests"); // NUnit looks for its settings there
            var tests = new List<KeyValuePair<string, TestMethod>>();
            var types = from type in built.Assembly.GetTypes()
                        where !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), false)
                        let file = built.Symbols.FileOf(type)
                        where file != null && files.Contains(file)
                        orderby files.IndexOf(file), type.MetadataToken
                        select new { type, file };
            foreach (var found in types) {
                if (!TestFixtureBuilder.CanBuildFrom(found.type)) continue;
                var fixture = TestFixtureBuilder.BuildFrom(found.type) as TestSuite;
                if (fixture == null) continue;
                Order(fixture);
                fixtures.Add(fixture);
                tests.AddRange(Methods(fixture).Select(t => new KeyValuePair<string, TestMethod>(found.file, t)));
            }
            var names = new TestNames(tests);
            foreach (var test in tests) ids[test.Value] = names.Of(test.Key, test.Value);
            Collected = dropped.Keys.Union(tests.Select(t => ids[t.Value])).ToList();
        }

        /// <summary>The ids of all tests.</summary>
        public List<string> Collected { get; }

        /// <summary>Runs all but `skip` and reports each, those without a method too; returns the exit code.</summary>
        public int Run(ISet<string> skip) {
            if (Collected.Count == 0) return NothingCollected;
            var told = dropped.Where(test => !skip.Contains(test.Key)).ToList();
            foreach (var test in told) {
                report.Start(test.Key);
                report.Case(test.Key, "error", test.Value, 0);
            }
            skip = new HashSet<string>(skip.Concat(dropped.Keys));
            var listener = new CaseListener(report, ids, frames);
            foreach (TestSuite fixture in fixtures) {
                Remove(fixture, skip);
                if (Methods(fixture).Any()) listener.Close(fixture.Run(listener, TestFilter.Empty), Methods(fixture));
            }
            return listener.AllGood && told.Count == 0 ? Passed : Failed;
        }

        static IEnumerable<TestMethod> Methods(Test test) {
            if (test is TestMethod) return new[] { (TestMethod)test };
            return test.Tests == null ? Enumerable.Empty<TestMethod>() : test.Tests.Cast<Test>().SelectMany(Methods);
        }

        static void Order(TestSuite suite) {
            var ordered = suite.Tests.Cast<Test>().OrderBy(Token).ToList();
            suite.Tests.Clear();
            foreach (Test test in ordered) suite.Tests.Add(test);
        }

        /// <summary>Grows in the order of the source; rows of one method have the same.</summary>
        static int Token(Test test) {
            MethodInfo method = Methods(test).Select(t => t.Method).FirstOrDefault();
            return method == null ? int.MaxValue : method.MetadataToken;
        }

        void Remove(TestSuite suite, ISet<string> skip) {
            foreach (Test test in suite.Tests.Cast<Test>().ToList()) {
                if (test is TestSuite) Remove((TestSuite)test, skip);
                string id;
                if (ids.TryGetValue(test, out id) && skip.Contains(id)) suite.Tests.Remove(test);
            }
        }
    }
}
