package journal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// A sealed entry, numbers big-endian:
//
//	schema 1 | predecessor's position 8 | nonce 12 | ciphertext | tag 16
//
// Stream, predecessor and schema are authenticated with it, so an entry opens only in its stream and after the entry it was
// written after. The nonce is random; a stream's key seals far fewer than the 2^32 entries that is good for.
const (
	schema     = 1
	headerSize = 1 + 8
)

// newAEAD returns AES-256-GCM with a random nonce that is put before the ciphertext.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for a key of another length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // only for another cipher
	}
	return aead
}

// appendStream adds a stream's kind and id, each behind its length so that no two streams read the same.
func appendStream(b []byte, s Stream) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s.Kind)))
	b = append(b, s.Kind...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(s.ID)))
	return append(b, s.ID...)
}

func appendHeader(b []byte, predecessor Position) []byte {
	return binary.BigEndian.AppendUint64(append(b, schema), uint64(predecessor))
}

// decodeHeader splits a sealed entry. An error wraps ErrSchema or ErrCorrupt.
func decodeHeader(sealed []byte) (predecessor Position, rest []byte, err error) {
	if len(sealed) > 0 && sealed[0] > schema {
		return 0, nil, fmt.Errorf("%w (entry schema %d)", ErrSchema, sealed[0])
	}
	if len(sealed) < headerSize || sealed[0] != schema {
		return 0, nil, ErrCorrupt
	}
	return Position(binary.BigEndian.Uint64(sealed[1:])), sealed[headerSize:], nil
}

func sealEntry(k Key, s Stream, predecessor Position, data []byte) []byte {
	header := appendHeader(nil, predecessor)
	return newAEAD(k[:]).Seal(header, nil, data, append(appendStream(nil, s), header...))
}

func openEntry(k Key, s Stream, sealed []byte) (predecessor Position, data []byte, err error) {
	predecessor, rest, err := decodeHeader(sealed)
	if err != nil {
		return 0, nil, err
	}
	data, err = newAEAD(k[:]).Open([]byte{}, nil, rest, append(appendStream(nil, s), sealed[:headerSize]...))
	if err != nil {
		return 0, nil, ErrCorrupt
	}
	return predecessor, data, nil
}

// newTail authenticates that a stream has this sealed entry at this position. Both are bound: an older entry moved to where the
// newest stood must not pass for it.
func newTail(k Key, s Stream, p Position, digest [sha256.Size]byte) Tail {
	mac := hmac.New(sha256.New, derive(k, "intake journal tail"))
	mac.Write(binary.BigEndian.AppendUint64(appendStream(nil, s), uint64(p)))
	mac.Write(digest[:])
	return Tail{Stream: s, Position: p, MAC: [32]byte(mac.Sum(nil))}
}

// verify tells whether the tail was made of this sealed entry with the stream's key.
func (t Tail) verify(k Key, sealed []byte) bool {
	want := newTail(k, t.Stream, t.Position, sha256.Sum256(sealed))
	return hmac.Equal(t.MAC[:], want.MAC[:])
}
