package assay;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** Numbers of the wire as the types of the language. */
final class Numbers {
    /** A class, its primitive, and how an integer becomes one; the order is that of a literal's preference. */
    private record Kind(Class<?> boxed, Class<?> primitive, Function<BigInteger, Object> exact) {}

    private static final List<Kind> INTEGERS = List.of(
            new Kind(Integer.class, int.class, BigInteger::intValueExact),
            new Kind(Long.class, long.class, BigInteger::longValueExact),
            new Kind(BigInteger.class, BigInteger.class, number -> number),
            new Kind(Short.class, short.class, BigInteger::shortValueExact),
            new Kind(Byte.class, byte.class, BigInteger::byteValueExact),
            new Kind(Double.class, double.class, BigInteger::doubleValue),
            new Kind(Float.class, float.class, BigInteger::floatValue),
            new Kind(BigDecimal.class, BigDecimal.class, BigDecimal::new));

    private Numbers() {}

    /** The integer as `raw` or, where that is wider (Object, Number, Comparable), as the smallest of int, long, big. */
    static Object integer(BigInteger number, Class<?> raw, IntConsumer far) {
        for (int i = 0; i < INTEGERS.size(); i++) {
            Kind kind = INTEGERS.get(i);
            boolean exact = raw == kind.boxed || raw == kind.primitive;
            if (exact || raw.isAssignableFrom(kind.boxed)) {
                try {
                    Object value = kind.exact.apply(number);
                    far.accept(exact ? i + (raw == kind.primitive ? 0 : 1) : INTEGERS.size() + 1);
                    return value;
                } catch (ArithmeticException tooLarge) {
                    continue;
                }
            }
        }
        throw new Decoder.Unfit();
    }

    /** The decimal as double, float or BigDecimal; double where `raw` is wider. */
    static Object fraction(String text, Class<?> raw, IntConsumer far) {
        if (raw == double.class || raw == Double.class) {
            return Double.valueOf(text);
        }
        if (raw == float.class || raw == Float.class) {
            far.accept(1);
            return Float.valueOf(text);
        }
        far.accept(2);
        if (raw == BigDecimal.class) {
            return new BigDecimal(text);
        }
        if (raw.isAssignableFrom(Double.class)) {
            return Double.valueOf(text);
        }
        throw new Decoder.Unfit();
    }

    /** A character as the number that Java widens it to. */
    static Object widened(char letter, Class<?> raw) {
        if (raw == int.class) {
            return (int) letter;
        }
        if (raw == long.class) {
            return (long) letter;
        }
        if (raw == float.class) {
            return (float) letter;
        }
        if (raw == double.class) {
            return (double) letter;
        }
        throw new Decoder.Unfit();
    }
}
