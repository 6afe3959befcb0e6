package assay;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes events, one JSON object a line, each with one system call so that nothing is lost when the process ends. */
final class Report {
    private static final int MESSAGE_LIMIT = 2000;
    private static final int BYTES = 1 << 20;
    /** Kept free of values, so that the events that follow still fit. */
    private static final int RESERVE = 1 << 17;

    private final OutputStream out;
    private int written;

    Report(OutputStream out) {
        this.out = out;
    }

    /** The report that descriptor 3 leads to. */
    static Report open() throws IOException {
        return new Report(new FileOutputStream("/proc/self/fd/3"));
    }

    /** Bytes that one more value may take. */
    int room() {
        return Math.max(0, BYTES - RESERVE - written);
    }

    /** `pairs`: name, value, name, value …; a `message` is cut to 2000 characters. */
    synchronized void event(String kind, Object... pairs) {
        StringBuilder line = new StringBuilder("{\"ev\":");
        Json.write(line, kind);
        for (int i = 0; i < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            line.append(',');
            Json.write(line, pairs[i]);
            line.append(':');
            if (value instanceof Raw raw) {
                line.append(raw.json());
            } else {
                Json.write(line, "message".equals(pairs[i]) ? cut((String) value) : value);
            }
        }
        byte[] bytes = line.append("}\n").toString().getBytes(StandardCharsets.US_ASCII);
        written += bytes.length;
        try {
            out.write(bytes);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static String cut(String message) {
        return message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT);
    }

    /** JSON that is written as it is. */
    record Raw(String json) {}
}
