package memory

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// appendLower appends a text in lower case, as strings.ToLower gives it, to
// dst. Eight bytes are done at a time where no letter but those of ASCII has a
// case: in English, and in Arabic.
func appendLower(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		if len(text)-i >= 8 {
			if eight := binary.LittleEndian.Uint64(text[i:]); !cased(eight) {
				dst = binary.LittleEndian.AppendUint64(dst, lowerASCII(eight))
				i += 8
				continue
			}
		}
		switch c := text[i]; {
		case c < utf8.RuneSelf:
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			dst = append(dst, c)
			i++
		case c < 0xc0: // the rest of a character that began in the eight before
			dst = append(dst, c)
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			dst = utf8.AppendRune(dst, lowerRune(r))
			i += n
		}
	}
	return dst
}

const eachByte = 0x0101010101010101

// cased reports whether one of eight bytes begins a character outside ASCII
// that may have a case: any but those of Arabic and its neighbours (U+0600 to
// U+07FF, which begin with the bytes D8 to DF).
func cased(eight uint64) bool {
	begins := eight & (eight << 1) & (0x80 * eachByte) // 11xxxxxx
	other := (eight ^ 0xd8*eachByte) & (0xf8 * eachByte)
	other |= other&(0x7f*eachByte) + 0x7f*eachByte // bit 7: not 11011xxx
	return begins&other != 0
}

// lowerASCII lowers the letters of ASCII among eight bytes.
func lowerASCII(eight uint64) uint64 {
	low := eight & (0x7f * eachByte)
	fromA, aboveZ := low+(0x80-'A')*eachByte, low+(0x7f-'Z')*eachByte
	capital := (fromA ^ aboveZ) & ^eight & (0x80 * eachByte)
	return eight | capital>>2
}

// lowerRune is unicode.ToLower, from a table for what is two bytes long.
func lowerRune(r rune) rune {
	if int(r) < len(lowers) {
		return rune(lowers[r])
	}
	return unicode.ToLower(r)
}

var lowers = func() (t [0x800]uint16) {
	for r := range t {
		t[r] = uint16(unicode.ToLower(rune(r)))
	}
	return t
}()
