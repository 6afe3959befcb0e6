package assay;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One job in one process: `Driver [--warm | --archive]` reads a line of JSON from stdin, writes its report to
 * descriptor 3 and leaves with the exit code. `--warm` gets ready first and says so; `--archive` only gets ready.
 */
public final class Driver {
    /** Bytes. Deep recursion is fair in the code under test; the default of 1 MiB ends it early. */
    private static final long STACK = 16 << 20;

    private static final int ROUNDS = 3;

    private Driver() {}

    public static void main(String[] arguments) throws Exception {
        String mode = arguments.length == 0 ? "" : arguments[0];
        PrintStream[] printed = {System.out, System.err};
        int[] code = {2};
        Thread work = new Thread(null, () -> code[0] = work(mode), "main", STACK);
        work.start();
        work.join();
        if (mode.equals("--archive")) {
            System.exit(code[0]); // the archive is written by an ordinary end
        }
        for (PrintStream stream : printed) {
            stream.flush();
        }
        Runtime.getRuntime().halt(code[0]);
    }

    private static int work(String mode) {
        Compiler compiler;
        Report report;
        String line;
        try {
            compiler = new Compiler(tools());
            if (mode.equals("--archive")) {
                new Warm(compiler).rounds(1);
                return 0;
            }
            report = Report.open();
            if (mode.equals("--warm")) {
                new Warm(compiler).rounds(ROUNDS);
                report.event("ready");
            }
            line = firstLine(new FileInputStream(FileDescriptor.in));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return line.isEmpty() ? 0 : run(compiler, report, line);
    }

    private static int run(Compiler compiler, Report report, String line) {
        int code = 2;
        try {
            Job job = Job.read(line);
            code = job.run(compiler, report, Source.below(Path.of("").toAbsolutePath()));
        } catch (Broken broken) {
            report.event("broken", "message", broken.getMessage());
        } catch (IOException | RuntimeException | VirtualMachineError | LinkageError error) {
            report.event("broken", "message", "the driver failed: " + error);
        }
        return code;
    }

    /** The jars in the first part of the path of this program's own modules. */
    private static List<Path> tools() throws IOException {
        String folder = System.getProperty("jdk.module.path").split(File.pathSeparator)[0];
        try (Stream<Path> jars = Files.list(Path.of(folder))) {
            return jars.sorted().toList();
        }
    }

    /** Up to the first line feed, without it; empty when there is none before the end. */
    private static String firstLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, 0, i);
                    return line.toString(StandardCharsets.UTF_8);
                }
            }
            line.write(buffer, 0, count);
        }
        return "";
    }
}
