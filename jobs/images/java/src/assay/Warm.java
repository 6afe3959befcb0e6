package assay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Does jobs on a small project of its own, so that what a real one needs is loaded and compiled. */
final class Warm {
    private static final String TESTS =
            "{\"mode\":\"test\",\"files\":[\"Test_s1.java\"],\"skip\":[\"Test_s1.java::test_9\"],\"stub\":";

    private static final String CALLS = "{\"mode\":\"vectors\",\"calls\":["
            + "{\"id\":\"a\",\"call\":\"Solution.squares\",\"args\":[9]},"
            + "{\"id\":\"b\",\"call\":\"Solution.swapped\",\"args\":[{\"t\":\"d\",\"v\":[[\"a\",\"b\"]]}]},"
            + "{\"id\":\"c\",\"call\":\"Solution.half\",\"args\":[{\"t\":\"f\",\"v\":\"1.5\"}]},"
            + "{\"id\":\"d\",\"call\":\"Solution.parsed\",\"args\":[\"x\"]}]}";

    private final Compiler compiler;

    Warm(Compiler compiler) {
        this.compiler = compiler;
    }

    /** Throws IllegalStateException when the project does not end as it must: some tests fail, every call answers. */
    void rounds(int rounds) {
        Source code = source("Solution.java");
        Source tests = source("Test_s1.java");
        for (int i = 0; i < rounds; i++) {
            expect(1, TESTS + "false}", List.of(code, tests));
            expect(1, TESTS + "true}", List.of(code, tests));
            expect(0, CALLS, List.of(code));
        }
        Thread.currentThread().setContextClassLoader(null);
    }

    private void expect(int code, String job, List<Source> sources) {
        try {
            int found = Job.read(job).run(compiler, new Report(OutputStream.nullOutputStream()), sources);
            if (found != code) {
                throw new IllegalStateException("the driver's own project left with " + found);
            }
        } catch (Broken broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Source source(String name) {
        try (InputStream in = Warm.class.getResourceAsStream("/warm/" + name)) {
            return new Source(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
