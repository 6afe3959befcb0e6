package assay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Leaves out the tests that do not compile, so that the others can be run. Only where all errors lie in tests: one in
 * the code under test, in an import or in the runner's own tests, which must fail, is everybody's. One use.
 */
final class Sieve {
    private static final int ROUNDS = 3;
    /** How the names of the runner's own files begin. */
    private static final String CANARY = "Canary";

    private final Compiler compiler;
    private final List<Source> sources;
    private final Set<String> files = new HashSet<>();
    private final Map<String, String> dropped = new LinkedHashMap<>();

    /** `files`: the paths of the test files among `sources`. */
    Sieve(Compiler compiler, List<Source> sources, Collection<String> files) {
        this.compiler = compiler;
        this.sources = new ArrayList<>(sources);
        this.files.addAll(files);
        this.files.removeIf(file -> file.startsWith(CANARY));
    }

    /** Builds sources. Throws Broken with the compiler's errors. */
    interface Building {
        Build of(List<Source> sources) throws Broken;
    }

    /** The build without the tests that do not compile. Throws Broken when there is none, or no test is left. */
    Build built(Building building) throws Broken {
        Broken first = null;
        for (int round = 0; ; round++) {
            try {
                return building.of(sources);
            } catch (Broken broken) {
                first = first == null ? broken : first;
                if (round == ROUNDS || !drop(broken.mistakes())) {
                    throw broken;
                }
                if (!anyLeft()) {
                    throw first;
                }
            }
        }
    }

    /** The ids of the tests that were left out, and what the compiler has against each. */
    Map<String, String> dropped() {
        return dropped;
    }

    private boolean anyLeft() {
        return sources.stream().anyMatch(s -> files.contains(s.path) && !Methods.in(s.text).isEmpty());
    }

    /** False, and nothing is dropped, when one of the mistakes lies outside of tests, or there is none. */
    private boolean drop(List<Mistake> mistakes) {
        Map<String, List<Mistake>> byFile = new HashMap<>();
        for (Mistake mistake : mistakes) {
            byFile.computeIfAbsent(mistake.path(), path -> new ArrayList<>()).add(mistake);
        }
        if (mistakes.isEmpty() || !files.containsAll(byFile.keySet())) {
            return false;
        }
        Map<Integer, Map<Methods.Method, String>> bad = new HashMap<>();
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            if (byFile.containsKey(source.path)) {
                bad.put(i, new Culprits(compiler, source).of(byFile.get(source.path)));
            }
        }
        if (bad.containsValue(Map.<Methods.Method, String>of())) {
            return false;
        }
        bad.forEach(this::drop);
        return true;
    }

    private void drop(int index, Map<Methods.Method, String> bad) {
        Source source = sources.get(index);
        StringBuilder text = new StringBuilder(source.text);
        bad.forEach((method, message) -> {
            String own = source.text.substring(method.start(), method.end());
            text.replace(method.start(), method.end(), Methods.blank(own));
            dropped.putIfAbsent(source.path + "::" + method.name(), message);
        });
        sources.set(index, new Source(source.path, text.toString()));
    }
}
