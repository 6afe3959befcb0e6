package assay;

import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Writes a value as plain data. Only classes of the library itself are taken for data; an object of the user's, which
 * could answer differently each time, is not.
 */
final class Encoder {
    private static final int DEPTH = 60;
    private static final int TEXT = 200;

    private final StringBuilder out = new StringBuilder();
    private final int room;

    private Encoder(int room) {
        this.room = room;
    }

    /** JSON of at most `room` characters; whatever is larger or deeper is named but not shown. */
    static String encode(Object value, int room) {
        Encoder encoder = new Encoder(room);
        try {
            encoder.put(value, 0);
            return encoder.out.toString();
        } catch (TooMuch much) {
            return other(much.getMessage());
        }
    }

    private static String other(String text) {
        StringBuilder out = new StringBuilder("{\"t\":\"o\",\"v\":");
        Json.write(out, text.length() <= TEXT ? text : text.substring(0, TEXT));
        return out.append('}').toString();
    }

    private void put(Object value, int depth) {
        if (depth > DEPTH) {
            throw new TooMuch("too deep");
        }
        if (value instanceof String text && text.length() > room) {
            throw new TooMuch("too large");
        }
        if (value == null
                || value instanceof Boolean
                || value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger && value.getClass() == BigInteger.class) {
            Json.write(out, value);
        } else if (value instanceof Character) {
            Json.write(out, value.toString());
        } else if (value instanceof Double number) {
            tagged("f", Decimal.of(number));
        } else if (value instanceof Float number) {
            tagged("f", Decimal.of(number));
        } else if (value instanceof byte[] bytes) {
            hex(bytes);
        } else if (value.getClass().isArray()) {
            array(value, depth);
        } else if (value.getClass().getModule() != Object.class.getModule()) {
            out.append(other(shown(value)));
        } else {
            library(value, depth);
        }
        if (out.length() > room) {
            throw new TooMuch("too large");
        }
    }

    private void library(Object value, int depth) {
        if (value instanceof Set<?> set) {
            out.append("{\"t\":\"s\",\"v\":");
            list(set, depth);
            out.append('}');
        } else if (value instanceof Collection<?> collection) {
            list(collection, depth);
        } else if (value instanceof Map<?, ?> map) {
            map(map, depth);
        } else if (value instanceof Optional<?> optional) {
            put(optional.orElse(null), depth + 1);
        } else if (value instanceof OptionalInt optional) {
            put(optional.isPresent() ? optional.getAsInt() : null, depth + 1);
        } else if (value instanceof OptionalLong optional) {
            put(optional.isPresent() ? optional.getAsLong() : null, depth + 1);
        } else if (value instanceof OptionalDouble optional) {
            put(optional.isPresent() ? optional.getAsDouble() : null, depth + 1);
        } else {
            out.append(other(shown(value)));
        }
    }

    private void tagged(String tag, String text) {
        out.append("{\"t\":\"").append(tag).append("\",\"v\":");
        Json.write(out, text);
        out.append('}');
    }

    private void hex(byte[] bytes) {
        if (bytes.length > room / 2) {
            throw new TooMuch("too large");
        }
        tagged("b", HexFormat.of().formatHex(bytes));
    }

    private void array(Object array, int depth) {
        out.append('[');
        for (int i = 0; i < Array.getLength(array); i++) {
            out.append(i == 0 ? "" : ",");
            put(Array.get(array, i), depth + 1);
        }
        out.append(']');
    }

    private void list(Iterable<?> items, int depth) {
        String comma = "";
        out.append('[');
        for (Object item : items) {
            out.append(comma);
            put(item, depth + 1);
            comma = ",";
        }
        out.append(']');
    }

    private void map(Map<?, ?> map, int depth) {
        String comma = "";
        out.append("{\"t\":\"d\",\"v\":[");
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(comma).append('[');
            put(entry.getKey(), depth + 1);
            out.append(',');
            put(entry.getValue(), depth + 1);
            out.append(']');
            comma = ",";
        }
        out.append("]}");
    }

    private static String shown(Object value) {
        String name = Trace.name(value.getClass());
        try {
            return name + ": " + value;
        } catch (Throwable anything) { // toString is the user's
            return name + ": no text";
        }
    }

    private static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooMuch(String message) {
            super(message);
        }
    }
}
