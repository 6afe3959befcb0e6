package assay;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.Predicate;

/** Writes binary fractions as the shortest decimals that read back the same, laid out as Python does. */
final class Decimal {
    private Decimal() {}

    static String of(double value) {
        return value == 0 || Double.isNaN(value) || Double.isInfinite(value)
                ? special(value)
                : layout(shortest(new BigDecimal(value), 17, d -> d.doubleValue() == value));
    }

    static String of(float value) {
        return value == 0 || Float.isNaN(value) || Float.isInfinite(value)
                ? special(value)
                : layout(shortest(new BigDecimal(value), 9, d -> d.floatValue() == value));
    }

    private static String special(double value) {
        return value == 0 && 1 / value > 0 ? "0.0" : String.valueOf(value);
    }

    private static BigDecimal shortest(BigDecimal exact, int digits, Predicate<BigDecimal> same) {
        for (int n = 1; n < digits; n++) {
            BigDecimal rounded = exact.round(new MathContext(n, RoundingMode.HALF_EVEN));
            if (same.test(rounded)) {
                return rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    private static String layout(BigDecimal value) {
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = value.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = value.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String power = (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        return (value.signum() < 0 ? "-" : "") + mantissa + power;
    }
}
