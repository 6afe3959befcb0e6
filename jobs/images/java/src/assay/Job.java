package assay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is asked for: tests of some files, or the values of some calls. */
record Job(String mode, List<String> files, Set<String> skip, boolean stub, List<Call> calls) {
    /** `target` is "Class.method"; `arguments` are in the wire's format. */
    record Call(String id, String target, List<Object> arguments) {}

    /** The job of a line of JSON. Throws IllegalArgumentException or ClassCastException when it is none. */
    static Job read(String line) {
        Map<?, ?> raw = (Map<?, ?>) Json.read(line);
        List<Call> calls = new ArrayList<>();
        for (Object item : list(raw.get("calls"))) {
            Map<?, ?> call = (Map<?, ?>) item;
            calls.add(new Call((String) call.get("id"), (String) call.get("call"), list(call.get("args"))));
        }
        return new Job(
                (String) raw.get("mode"),
                texts(raw.get("files")),
                new HashSet<>(texts(raw.get("skip"))),
                Boolean.TRUE.equals(raw.get("stub")),
                calls);
    }

    /** Builds and runs; returns the exit code. Throws Broken before any of the code has run. */
    int run(Compiler compiler, Report report, List<Source> sources) throws Broken {
        switch (mode) {
            case "test":
                return tested(compiler, report, sources);
            case "vectors":
                Build build = compiler.build(sources, Set.of());
                build.findings(report);
                return new Vectors(build, report).run(calls);
            default:
                throw new Broken("the driver knows no mode " + mode);
        }
    }

    private int tested(Compiler compiler, Report report, List<Source> sources) throws Broken {
        Set<String> tests = new HashSet<>(files);
        Sieve sieve = new Sieve(compiler, sources, tests);
        Build build = sieve.built(rest -> stub ? compiler.stubbed(rest, tests) : compiler.build(rest, tests));
        if (!stub) {
            build.findings(report);
        }
        return new Tests(build, report, sieve.dropped()).run(files, skip);
    }

    private static List<Object> list(Object value) {
        return value == null ? List.of() : new ArrayList<>((List<?>) value);
    }

    private static List<String> texts(Object value) {
        List<String> texts = new ArrayList<>();
        for (Object item : list(value)) {
            texts.add((String) item);
        }
        return texts;
    }
}
