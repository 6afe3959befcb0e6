using System;
using System.Collections.Generic;
using System.Text;

namespace Assay {
    /// <summary>
    /// The driver: one job from standard input, its events to descriptor 3, then the end. With --warm it does a small job
    /// of its own first and says "ready". Standard output and error belong to the code under test.
    /// </summary>
    static class Program {
        const int StandardError = 2, ReportDescriptor = 3, Broken = 2;

        static void Main(string[] arguments) {
            AppDomain.CurrentDomain.UnhandledException += (_, error) => Crash(error.ExceptionObject);
            var report = new Report(ReportDescriptor);
            int code;
            try {
                if (arguments.Length > 0 && arguments[0] == "--warm") {
                    Warm.Up();
                    report.Ready();
                }
                string line = Job.ReadLine(Console.OpenStandardInput());
                if (line == null) Native.Exit(0);
                code = Do(Job.Parse(line), report);
                if (code != Broken) report.Finish(code);
            } catch (Exception error) {
                report.Broken("the driver failed: " + error.GetType().Name + ": " + error.Message);
                code = Broken;
            }
            Flush();
            Native.Exit(code);
        }

        /// <summary>
        /// Without it a stack overflow, or an exception in a thread, would end the process with code 1 as if it had left by
        /// itself, and the tests that have not run yet would have no second chance.
        /// </summary>
        static void Crash(object error) {
            string shown = error is StackOverflowException ? "the stack overflowed" : error.ToString();
            Native.Write(StandardError, Encoding.UTF8.GetBytes("Unhandled exception: " + shown + "\n"));
            Native.Die();
        }

        static int Do(Job job, Report report) {
            List<string> code = Sources.UnderTest(job.Files);
            var tests = new List<string>(job.Files);
            Built built = job.Stub ? Built.Stubbed(code, tests, report) : Built.Whole("code", code, tests, report);
            if (built == null) return Broken;
            if (job.Mode == "vectors") {
                var vectors = new VectorRun(built.Assembly, job.Calls, report);
                report.Supported(vectors.Supported, vectors.Refused);
                return vectors.Run();
            }
            var run = new TestRun(built, job.Files, report);
            report.Collected(run.Collected);
            return run.Run(job.Skip);
        }

        static void Flush() {
            try {
                Console.Out.Flush();
                Console.Error.Flush();
            } catch (Exception) {
                // The code under test may have put a broken stream there; what it prints is its own loss.
                return;
            }
        }
    }
}
