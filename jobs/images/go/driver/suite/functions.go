package suite

import (
	"go/scanner"
	"go/token"
)

// function is a test function of a file: the bytes from start to end.
type function struct {
	name       string
	start, end int
}

type lexeme struct {
	kind token.Token
	at   int
	text string
}

// cut finds the test functions by their words alone, so that one with a mistake in it is found as any other. Each
// begins with `func` at the margin; one whose braces do not match reaches to the next.
func cut(text []byte) []function {
	words := lexemes(text)
	var found []function
	for index, word := range words {
		if word.kind != token.FUNC || word.at > 0 && text[word.at-1] != '\n' {
			continue
		}
		name := words[index+1]
		if name.kind != token.IDENT || !isTest(name.text) || name.text == "TestMain" {
			continue
		}
		found = append(found, function{name.text, word.at, end(text, words[index+1:])})
	}
	return found
}

// end is where the function ends whose words, and all that follow, are `words`.
func end(text []byte, words []lexeme) int {
	depth, closed, fits := 0, 0, true
	for _, word := range words {
		switch {
		case word.kind == token.LBRACE:
			depth++
		case word.kind == token.RBRACE:
			depth--
			if depth == 0 && closed == 0 {
				closed = word.at + 1
			}
			fits = fits && depth >= 0
		case word.kind == token.EOF || word.kind == token.FUNC && text[word.at-1] == '\n':
			if fits && depth == 0 {
				return closed
			}
			return word.at
		}
	}
	return len(text)
}

// lexemes ends with that of the end of the file.
func lexemes(text []byte) []lexeme {
	file := token.NewFileSet().AddFile("", -1, len(text))
	var lexer scanner.Scanner
	lexer.Init(file, text, func(token.Position, string) {}, 0)
	var words []lexeme
	for {
		pos, kind, literal := lexer.Scan()
		words = append(words, lexeme{kind, file.Offset(pos), literal})
		if kind == token.EOF {
			return words
		}
	}
}
