package assay;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** javac in this process, from memory to memory. Kept for all builds, since what it knows of the library stays warm. */
final class Compiler {
    private static final String LINT = "-Xlint:all,-serial,-processing,-path,-classfile,-options,-cast";
    /** Packages that no file of the user's may add to: what the tests rely on. */
    private static final List<String> TAKEN = List.of("org.junit", "org.opentest4j", "org.apiguardian", "assay");

    private final JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager library =
            javac.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

    /** `tools`: the jars that tests may use. */
    Compiler(Collection<Path> tools) throws IOException {
        library.setLocationFromPaths(StandardLocation.CLASS_PATH, tools);
    }

    /** `tests`: paths of the test files; all else is the code under test. Throws Broken with the compiler's errors. */
    Build build(List<Source> sources, Set<String> tests) throws Broken {
        return compile(sources, tests, LINT);
    }

    /** The tests with a stub in place of the code under test. Throws Broken when there can be none. */
    Build stubbed(List<Source> sources, Set<String> tests) throws Broken {
        List<Source> code = new ArrayList<>(sources);
        code.removeIf(source -> tests.contains(source.path));
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        List<Source> all = new ArrayList<>(sources);
        all.removeAll(code);
        try {
            JavacTask task = task(code, said, library, "-Xlint:none");
            all.addAll(new Stub(task).of(task.parse()));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        try {
            stopOnErrors(said);
            return compile(all, tests, "-Xlint:none");
        } catch (Broken broken) {
            throw new Broken("no stub of this code can be made: " + broken.getMessage(), broken.mistakes());
        }
    }

    /** The syntax errors of sources, each read by itself. */
    List<Mistake> misread(List<Source> sources) {
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try {
            ((JavacTask) javac.getTask(null, library, said, List.of("-Xmaxerrs", "500"), null, sources)).parse();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return Mistake.among(said.getDiagnostics());
    }

    private Build compile(List<Source> sources, Set<String> tests, String lint) throws Broken {
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        Memory memory = new Memory(library);
        Map<String, CompilationUnitTree> units = new LinkedHashMap<>();
        Map<String, Outline> outlines = new LinkedHashMap<>();
        List<Finding> findings = new ArrayList<>();
        try {
            JavacTask task = task(sources, said, memory, lint);
            for (CompilationUnitTree unit : task.parse()) {
                units.put(Source.path(unit.getSourceFile()), unit);
            }
            stopOnErrors(said);
            refuseTaken(units, tests);
            task.analyze();
            stopOnErrors(said);
            Scan scan = new Scan(task, findings);
            units.forEach((path, unit) -> {
                if (tests.contains(path)) {
                    outlines.put(path, Outline.of(unit));
                } else {
                    scan.scan(unit, path);
                }
            });
            task.generate();
            stopOnErrors(said);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        for (Diagnostic<? extends JavaFileObject> diagnostic : said.getDiagnostics()) {
            Finding finding = Finding.of(diagnostic);
            if (finding != null && !tests.contains(finding.file())) {
                findings.add(finding);
            }
        }
        return new Build(memory.classes(), outlines, findings);
    }

    private JavacTask task(
            List<Source> sources, DiagnosticCollector<JavaFileObject> said, JavaFileManager files, String lint)
            throws Broken {
        if (sources.isEmpty()) {
            throw new Broken("there is no Java file");
        }
        List<String> options = new ArrayList<>(List.of(lint, "-proc:none", "-g", "-implicit:none"));
        options.addAll(List.of("-XDuseUnsharedTable=true", "-encoding", "UTF-8"));
        options.addAll(List.of("-Xmaxerrs", "500", "-Xmaxwarns", "200", "--limit-modules", "java.se"));
        return (JavacTask) javac.getTask(null, files, said, options, null, sources);
    }

    private static void stopOnErrors(DiagnosticCollector<JavaFileObject> said) throws Broken {
        List<Mistake> mistakes = Mistake.among(said.getDiagnostics());
        if (!mistakes.isEmpty()) {
            throw new Broken(mistakes);
        }
    }

    private static void refuseTaken(Map<String, CompilationUnitTree> units, Set<String> tests) throws Broken {
        for (Map.Entry<String, CompilationUnitTree> entry : units.entrySet()) {
            Tree name = entry.getValue().getPackageName();
            String home = name == null ? "" : name.toString();
            for (String taken : TAKEN) {
                if (home.equals(taken) || home.startsWith(taken + ".")) {
                    throw new Broken(entry.getKey() + ": error: the package " + home + " belongs to the test tools");
                }
            }
            for (Tree type : entry.getValue().getTypeDecls()) {
                // It would hide the class of JUnit's that the tests mean.
                if (type instanceof ClassTree c
                        && c.getSimpleName().contentEquals("Assertions")
                        && !tests.contains(entry.getKey())) {
                    throw new Broken(entry.getKey() + ": error: the name Assertions belongs to the test tools");
                }
            }
        }
    }
}
