import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.*;
import java.util.function.*;
import java.util.regex.Pattern;
import java.util.stream.*;

/** What ordinary code uses, so that a driver that has run this has it at hand. */
public class Solution {
    enum Level { LOW, HIGH }

    interface Shape {
        double area();
    }

    record Circle(double radius) implements Shape {
        public double area() {
            return Math.PI * radius * radius;
        }
    }

    static final class Limit extends RuntimeException {
        Limit(String message) {
            super(message);
        }
    }

    private final Map<String, Integer> counts = new HashMap<>();

    public static List<Integer> squares(int n) {
        return IntStream.range(0, n).mapToObj(i -> i * i).filter(i -> i % 2 == 0).collect(Collectors.toList());
    }

    public static Map<String, String> swapped(Map<String, String> map) {
        Map<String, String> out = new TreeMap<>();
        map.forEach((key, value) -> out.put(value, key));
        return out;
    }

    public static double half(double value) {
        return value / 2;
    }

    public static int parsed(String text) {
        return Integer.parseInt(text.trim());
    }

    public Map<String, Integer> count(String text) {
        for (String word : text.toLowerCase().split("\\s+")) {
            counts.merge(word, 1, Integer::sum);
        }
        return counts;
    }

    public static String described(Object value) {
        if (value instanceof Circle circle) {
            return String.format("%.2f", circle.area());
        }
        return switch (String.valueOf(value).length()) {
            case 0 -> throw new Limit("empty");
            case 1 -> "one";
            default -> value + " " + Level.HIGH;
        };
    }

    public static String grouped(List<String> words) {
        Map<Integer, List<String>> groups = words.stream().collect(Collectors.groupingBy(String::length));
        Deque<String> stack = new ArrayDeque<>();
        groups.values().forEach(group -> stack.push(String.join(",", group)));
        words = new ArrayList<>(words);
        Collections.sort(words);
        words.sort(Comparator.comparing(String::length).reversed());
        return stack + Arrays.toString(words.toArray());
    }

    public static BigInteger big(int n) {
        return BigInteger.TWO.pow(n).add(new BigDecimal("1.5").toBigInteger());
    }

    public static <T extends Comparable<T>> Optional<T> best(Collection<T> items, UnaryOperator<T> change) {
        return items.stream().map(change).max(Comparator.naturalOrder());
    }

    public static boolean matches(String text) {
        StringBuilder out = new StringBuilder(text).reverse();
        return Pattern.compile("[a-z]+").matcher(out).matches() && text.chars().allMatch(Character::isLetter);
    }
}
