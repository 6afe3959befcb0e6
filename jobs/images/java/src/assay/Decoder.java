package assay;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigInteger;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Makes plain data into values of the types that a method declares. */
final class Decoder {
    /** For each collection that can be asked for by its class or an interface of it: the first that fits is made. */
    private static final List<Supplier<Collection<Object>>> LISTS =
            List.of(ArrayList::new, LinkedList::new, ArrayDeque::new, PriorityQueue::new);

    private static final List<Supplier<Collection<Object>>> SETS = List.of(LinkedHashSet::new, TreeSet::new);
    private static final List<Supplier<Map<Object, Object>>> MAPS = List.of(LinkedHashMap::new, TreeMap::new);

    /** How far the wire's values were from the types; 0 is as a literal of the source would have been. */
    private int distance;

    /** A value and how far it was from its type. */
    record Fit(Object value, int distance) {}

    /** The wire's `value` as the type. Throws Unfit when it does not fit. */
    static Fit decode(Object value, Type type) {
        Decoder decoder = new Decoder();
        try {
            return new Fit(decoder.as(value, type), decoder.distance);
        } catch (ClassCastException | IllegalArgumentException wrong) {
            throw new Unfit(); // a key that cannot be sorted, a tag without its value
        }
    }

    private Object as(Object value, Type type) {
        Class<?> raw = raw(type);
        if (raw == Optional.class) {
            return value == null ? Optional.empty() : Optional.of(as(value, argument(type, 0)));
        }
        if (value == null) {
            return nothing(raw);
        }
        if (Optionals.EMPTY.containsKey(raw)) {
            return Optionals.of(as(value, Optionals.inner(raw)));
        }
        if (value instanceof Boolean) {
            return check(value, raw == boolean.class ? Boolean.class : raw);
        }
        if (value instanceof String text) {
            return text(text, raw);
        }
        if (value instanceof BigInteger number) {
            return Numbers.integer(number, raw, this::far);
        }
        if (value instanceof List<?> list) {
            return list(list, type, raw);
        }
        Map<?, ?> tagged = (Map<?, ?>) value;
        Object inner = tagged.get("v");
        switch (String.valueOf(tagged.get("t"))) {
            case "f":
                return Numbers.fraction((String) inner, raw, this::far);
            case "b":
                return check(HexFormat.of().parseHex((String) inner), raw);
            case "s":
                return fill(collection(SETS, raw), (List<?>) inner, type);
            case "d":
                return map((List<?>) inner, type, raw);
            default:
                throw new Unfit();
        }
    }

    private void far(int steps) {
        distance += steps;
    }

    private static Object nothing(Class<?> raw) {
        if (raw.isPrimitive()) {
            throw new Unfit();
        }
        return Optionals.EMPTY.get(raw);
    }

    private Object text(String text, Class<?> raw) {
        if (raw.isInstance(text)) {
            far(raw == String.class ? 0 : 1);
            return text;
        }
        if ((raw == char.class || raw == Character.class) && text.length() == 1) {
            far(1);
            return text.charAt(0);
        }
        if (text.length() == 1 && raw.isPrimitive()) {
            far(2);
            return Numbers.widened(text.charAt(0), raw);
        }
        throw new Unfit();
    }

    private Object list(List<?> list, Type type, Class<?> raw) {
        if (raw == Map.Entry.class && list.size() == 2) {
            return new AbstractMap.SimpleImmutableEntry<>(
                    as(list.get(0), argument(type, 0)), as(list.get(1), argument(type, 1)));
        }
        Type item = type instanceof GenericArrayType array ? array.getGenericComponentType() : raw.getComponentType();
        if (item == null) {
            return fill(collection(LISTS, raw), list, type);
        }
        Object array = Array.newInstance(raw(item), list.size());
        for (int i = 0; i < list.size(); i++) {
            Array.set(array, i, as(list.get(i), item));
        }
        return array;
    }

    private Object fill(Collection<Object> made, List<?> items, Type type) {
        for (Object item : items) {
            made.add(as(item, argument(type, 0)));
        }
        return made;
    }

    private Object map(List<?> pairs, Type type, Class<?> raw) {
        for (Supplier<Map<Object, Object>> maker : MAPS) {
            Map<Object, Object> made = maker.get();
            if (raw.isInstance(made)) {
                for (Object pair : pairs) {
                    List<?> both = (List<?>) pair;
                    made.put(as(both.get(0), argument(type, 0)), as(both.get(1), argument(type, 1)));
                }
                return made;
            }
        }
        throw new Unfit();
    }

    private static Collection<Object> collection(List<Supplier<Collection<Object>>> makers, Class<?> raw) {
        for (Supplier<Collection<Object>> maker : makers) {
            Collection<Object> made = maker.get();
            if (raw.isInstance(made)) {
                return made;
            }
        }
        throw new Unfit();
    }

    private static Object check(Object value, Class<?> raw) {
        if (!raw.isInstance(value)) {
            throw new Unfit();
        }
        return value;
    }

    /** The n-th type argument, Object where none is written. */
    private static Type argument(Type type, int n) {
        Type[] all = type instanceof ParameterizedType p ? p.getActualTypeArguments() : new Type[0];
        return n < all.length ? all[n] : Object.class;
    }

    static Class<?> raw(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        if (type instanceof ParameterizedType parameterized) {
            return raw(parameterized.getRawType());
        }
        if (type instanceof GenericArrayType array) {
            return raw(array.getGenericComponentType()).arrayType();
        }
        if (type instanceof TypeVariable<?> variable) {
            return raw(variable.getBounds()[0]);
        }
        return raw(((WildcardType) type).getUpperBounds()[0]);
    }

    /** The value does not fit the type. */
    static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unfit() {
            super(null, null, false, false);
        }
    }
}
