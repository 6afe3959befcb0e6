package assay;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The optionals of primitive values. */
final class Optionals {
    /** Each of the classes with the one that holds nothing. */
    static final Map<Class<?>, Object> EMPTY = Map.of(
            OptionalInt.class, OptionalInt.empty(),
            OptionalLong.class, OptionalLong.empty(),
            OptionalDouble.class, OptionalDouble.empty());

    private Optionals() {}

    /** What the class holds. */
    static Class<?> inner(Class<?> optional) {
        return optional == OptionalInt.class ? int.class : optional == OptionalLong.class ? long.class : double.class;
    }

    /** The optional of an Integer, a Long or a Double. */
    static Object of(Object value) {
        if (value instanceof Integer number) {
            return OptionalInt.of(number);
        }
        return value instanceof Long number ? OptionalLong.of(number) : OptionalDouble.of((double) value);
    }
}
