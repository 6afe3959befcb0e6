package assay.order;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.MethodDescriptor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;

/** Runs the tests of a class in the order of their source, which the class file does not promise to keep. */
public final class SourceOrder implements MethodOrderer {
    /** Before the binary name of a class: the configuration parameter with its methods in order, parted by commas. */
    public static final String KEY = "assay.order.";

    @Override
    public void orderMethods(MethodOrdererContext context) {
        String names = context.getConfigurationParameter(KEY + context.getTestClass().getName()).orElse("");
        List<String> order = Arrays.asList(names.split(","));
        context.getMethodDescriptors().sort((one, other) -> place(order, one) - place(order, other));
    }

    private static int place(List<String> order, MethodDescriptor method) {
        int place = order.indexOf(method.getMethod().getName());
        return place < 0 ? order.size() : place;
    }
}
