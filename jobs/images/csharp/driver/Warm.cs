using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Assay {
    /// <summary>Does everything once with a small project of its own, so that a job finds it compiled and loaded.</summary>
    static class Warm {
        const string Code = @"
using System; using System.Collections.Generic; using System.Linq; using System.Text; using System.Threading.Tasks;
public interface IShape { double Area { get; } }
public sealed class Square : IShape { readonly double side; public Square(double side) { this.side = side; } public double Area => side * side; }
public static class Warmed {
    public static int Fibonacci(int n) { if (n < 0) throw new ArgumentOutOfRangeException(nameof(n)); return n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2); }
    public static List<string> Words(string text) => text.Split(' ').Where(w => w.Length > 0).Select(w => w.ToLower()).OrderBy(w => w).ToList();
    public static Dictionary<string, int> Count(IEnumerable<string> words) {
        var count = new Dictionary<string, int>();
        foreach (var word in words) { if (count.TryGetValue(word, out var n)) count[word] = n + 1; else count[word] = 1; }
        return count;
    }
    public static (int Least, int Most) Range(int[] numbers) { Array.Sort(numbers); return (numbers[0], numbers[numbers.Length - 1]); }
    public static string Show(object value) { if (value is int i) return $""{i:x}""; switch (value as string) { case null: return ""none""; default: return value.ToString(); } }
    public static IEnumerable<int> Evens(int end) { for (int i = 0; i < end; i += 2) yield return i; }
    public static T Largest<T>(IEnumerable<T> items) where T : IComparable<T> { T best = default(T); foreach (var i in items) if (i.CompareTo(best) > 0) best = i; return best; }
    public static string Join(IEnumerable<char> letters) { var text = new StringBuilder(); foreach (char c in letters) text.Append(c); return text.ToString(); }
    public static double Sum(params double[] parts) { int unused; return new Square(2).Area + parts.Sum(); }
    public static async Task<int> Later(int n) { await Task.Yield(); return n; }
}";
        const string Tests = @"
using System; using System.Collections.Generic; using System.Linq; using NUnit.Framework;
[TestFixture] public class WarmTests {
    [SetUp] public void Prepare() { }
    [Test] public void Equal() { Assert.AreEqual(5, Warmed.Fibonacci(5)); }
    [Test] public void Wrong() { Assert.AreEqual(""a"", Warmed.Show(1)); }
    [Test] public void That() { Assert.That(Warmed.Words(""b a""), Is.EqualTo(new List<string> { ""a"", ""b"" })); }
    [Test] public void Counted() { CollectionAssert.AreEqual(new[] { 0, 2 }, Warmed.Evens(3).ToArray()); }
    [Test] public void Raised() { Assert.Throws<ArgumentOutOfRangeException>(() => Warmed.Fibonacci(-1)); }
    [Test] public void NotRaised() { Assert.Throws<InvalidOperationException>(() => { }); }
    [Test] public void Near() { Assert.AreEqual(4.3, Warmed.Sum(0.1, 0.2), 1e-9); Assert.IsTrue(Warmed.Range(new[] { 2, 1 }).Least == 1); }
    [TestCase(1, 2)] [TestCase(2, 3)] public void Rows(int one, int other) { Assert.That(other, Is.GreaterThan(one)); }
}";
        const string Calls = @"{""mode"":""vectors"",""calls"":[
            {""id"":""1"",""call"":""Warmed.Words"",""args"":[""b a""]}, {""id"":""2"",""call"":""Warmed.Count"",""args"":[[""a""]]},
            {""id"":""3"",""call"":""Warmed.Sum"",""args"":[{""t"":""f"",""v"":""1.5""}]}, {""id"":""4"",""call"":""Warmed.Largest"",""args"":[[1,2]]},
            {""id"":""5"",""call"":""Warmed.Range"",""args"":[[1,2]]}, {""id"":""6"",""call"":""Warmed.Fibonacci"",""args"":[-1]},
            {""id"":""7"",""call"":""Warmed.Later"",""args"":[2]}]}";

        public static void Up() {
            var silent = new Report(-1);
            string folder = Path.Combine(Path.GetTempPath(), "warm-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            try {
                string code = Path.Combine(folder, "Warmed.cs"), tests = Path.Combine(folder, "WarmTests.cs");
                File.WriteAllText(code, Code);
                File.WriteAllText(tests, Tests);
                var files = new List<string> { tests };
                var built = Built.Whole("warm", new List<string> { code }, files, silent);
                if (built == null) throw new InvalidOperationException("the project to warm up with cannot be built");
                var run = new TestRun(built, files, silent);
                silent.Collected(run.Collected);
                run.Run(new HashSet<string>());
                new VectorRun(built.Assembly, Job.Parse(Calls).Calls, silent).Run();
                silent.Finish(0);
            } finally {
                Directory.Delete(folder, true);
            }
        }
    }
}
