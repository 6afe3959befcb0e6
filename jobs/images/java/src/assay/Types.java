package assay;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Which types are the code's own and which the library's. */
final class Types {
    private static final Set<Module> LIBRARY = ModuleLayer.boot().modules();

    private Types() {}

    /** True when a part of the type is a class that `loader` has loaded. */
    static boolean mention(Type type, ClassLoader loader) {
        return mention(type, loader, new HashSet<>());
    }

    private static boolean mention(Type type, ClassLoader loader, Set<Type> seen) {
        if (!seen.add(type)) {
            return false;
        }
        if (type instanceof Class<?> plain) {
            return plain.getClassLoader() == loader; // that of an array is that of its elements
        }
        return parts(type).anyMatch(part -> mention(part, loader, seen));
    }

    private static Stream<Type> parts(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return Stream.concat(
                    Stream.of(parameterized.getRawType()), Arrays.stream(parameterized.getActualTypeArguments()));
        }
        if (type instanceof GenericArrayType array) {
            return Stream.of(array.getGenericComponentType());
        }
        if (type instanceof TypeVariable<?> variable) {
            return Arrays.stream(variable.getBounds());
        }
        WildcardType wildcard = (WildcardType) type;
        return Stream.concat(Arrays.stream(wildcard.getUpperBounds()), Arrays.stream(wildcard.getLowerBounds()));
    }

    /** Whether `type` may give its simple name to an error: one of the code's own may not pass for the library's. */
    static boolean named(Class<?> type) {
        return LIBRARY.contains(type.getModule()) || LIBRARY.stream().noneMatch(module -> throwable(module, type));
    }

    /** True when an exported package of the module has a public error of that simple name. */
    private static boolean throwable(Module module, Class<?> like) {
        return module.getPackages().stream()
                .filter(module::isExported)
                .map(name -> Class.forName(module, name + "." + like.getSimpleName()))
                .anyMatch(found -> found != null
                        && Throwable.class.isAssignableFrom(found)
                        && Modifier.isPublic(found.getModifiers()));
    }
}
