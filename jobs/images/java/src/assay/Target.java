package assay;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A call that can be made: the method, its arguments, and how to make an object where it needs one (else null). */
record Target(Method method, Constructor<?> maker, Object[] arguments) {
    /** Costs more than any fit of the arguments, so that a method without `...` comes first. */
    private static final int SPREAD = 1000;

    private record Choice(Target target, int distance) {}

    /** What a call names: a target; or none, `refused` when it is the code that makes it impossible with plain data. */
    record Found(Target target, boolean refused) {}

    /** Makes the call. Throws InvocationTargetException with what the code threw. */
    Object invoke() throws InvocationTargetException, ReflectiveOperationException {
        return method.invoke(maker == null ? null : maker.newInstance(), arguments);
    }

    /** What the call names, found without running any of the code. */
    static Found find(Job.Call call, Map<String, Memory.ClassFile> classes, ClassLoader loader) {
        int dot = call.target().lastIndexOf('.');
        if (dot < 0) {
            return new Found(null, false);
        }
        List<String> names = binaryNames(call.target().substring(0, dot), classes.keySet());
        if (names.size() != 1) {
            return new Found(null, !names.isEmpty());
        }
        try {
            return among(Class.forName(names.get(0), false, loader), call.target().substring(dot + 1), call.arguments());
        } catch (ClassNotFoundException | LinkageError unusable) {
            return new Found(null, true);
        }
    }

    private static Found among(Class<?> type, String name, List<Object> wire) {
        ClassLoader loader = type.getClassLoader();
        Choice best = null;
        boolean counts = false;
        boolean own = false;
        for (Method method : methods(type, loader)) {
            if (method.getName().equals(name) && (Modifier.isStatic(method.getModifiers()) || maker(type) != null)) {
                best = better(best, choice(type, method, wire));
                counts |= method.getParameterCount() == wire.size()
                        || method.isVarArgs() && wire.size() >= method.getParameterCount() - 1;
                own |= Arrays.stream(method.getGenericParameterTypes()).anyMatch(t -> Types.mention(t, loader));
            }
        }
        return new Found(best == null ? null : best.target, best == null && (own || !counts));
    }

    /** "pkg.Outer.Inner"; or all classes of a simple name, where there are such those that are in no other class. */
    private static List<String> binaryNames(String name, Set<String> classes) {
        String dotted = "." + name;
        List<String> found = new ArrayList<>();
        for (String known : classes) {
            String plain = known.replace('$', '.');
            if (plain.equals(name)) {
                return List.of(known);
            }
            if (plain.endsWith(dotted)) {
                found.add(known);
            }
        }
        List<String> outer = found.stream().filter(known -> known.endsWith(dotted)).toList();
        return outer.isEmpty() ? found : outer;
    }

    /** Its own and inherited methods of the user's, and public ones of the library's that it inherits. */
    private static List<Method> methods(Class<?> type, ClassLoader loader) {
        List<Method> methods = new ArrayList<>();
        for (Class<?> each = type; each != null && each.getClassLoader() == loader; each = each.getSuperclass()) {
            Collections.addAll(methods, each.getDeclaredMethods());
        }
        for (Method method : type.getMethods()) {
            if (!methods.contains(method)) {
                methods.add(method);
            }
        }
        methods.removeIf(m -> m.isSynthetic() || Modifier.isPrivate(m.getModifiers()));
        return methods;
    }

    private static Choice choice(Class<?> type, Method method, List<Object> wire) {
        Constructor<?> maker = null;
        if (!Modifier.isStatic(method.getModifiers())) {
            maker = maker(type);
            if (maker == null) {
                return null;
            }
        }
        Type[] types = method.getGenericParameterTypes();
        Choice plain = types.length == wire.size() ? fitted(method, maker, types, wire, 0) : null;
        if (plain != null || !method.isVarArgs() || wire.size() < types.length - 1) {
            return plain;
        }
        List<Object> gathered = new ArrayList<>(wire.subList(0, types.length - 1));
        gathered.add(new ArrayList<>(wire.subList(types.length - 1, wire.size())));
        return fitted(method, maker, types, gathered, SPREAD);
    }

    private static Choice fitted(Method method, Constructor<?> maker, Type[] types, List<Object> wire, int distance) {
        Object[] arguments = new Object[types.length];
        try {
            for (int i = 0; i < types.length; i++) {
                Decoder.Fit fit = Decoder.decode(wire.get(i), types[i]);
                arguments[i] = fit.value();
                distance += fit.distance();
            }
        } catch (Decoder.Unfit unfit) {
            return null;
        }
        if (!method.trySetAccessible()) {
            return null;
        }
        return new Choice(new Target(method, maker, arguments), distance);
    }

    private static Constructor<?> maker(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers())) {
            return null;
        }
        return Arrays.stream(type.getDeclaredConstructors())
                .filter(c -> c.getParameterCount() == 0 && !Modifier.isPrivate(c.getModifiers()))
                .peek(c -> c.setAccessible(true))
                .findFirst()
                .orElse(null);
    }

    private static Choice better(Choice one, Choice other) {
        return one == null || other != null && other.distance < one.distance ? other : one;
    }
}
