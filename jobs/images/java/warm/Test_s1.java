import static org.junit.jupiter.api.Assertions.*;

import java.util.*;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Test_s1 {
    private Solution solution;

    @BeforeEach
    void make() {
        solution = new Solution();
    }

    @Test
    void test_1() {
        assertEquals(List.of(0, 4), Solution.squares(4));
    }

    @Test
    void test_2() {
        assertThrows(NumberFormatException.class, () -> Solution.parsed("x"));
    }

    @Test
    void test_3() {
        assertEquals(1, Solution.parsed("2"));
    }

    @Test
    void test_4() {
        assertEquals(0.7, Solution.half(1.5), 1e-9);
    }

    @Test
    void test_5() {
        assertTrue(solution.count("a b a").containsKey("a"));
        assertArrayEquals(new int[] {1}, new int[] {1});
    }

    @Test
    void test_6() {
        assertEquals("3.14", Solution.described(new Solution.Circle(1)));
        assertNotNull(Solution.grouped(List.of("a", "bb")));
        assertFalse(Solution.matches("A1"));
        assertEquals(Optional.of(3), Solution.best(List.of(1, 2), x -> x + 1));
        assertNotEquals("", Solution.big(9).toString());
    }

    @Test
    void test_7() {
        Solution.described("");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3"})
    void test_8(int one, int other) {
        assertEquals(one, other);
    }

    @Test
    void test_9() {}
}
