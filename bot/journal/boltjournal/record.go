package boltjournal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"example.org/intake/bot/journal"
)

// A stored value ends with a checksum over its key and itself, so that bytes flipped by accident are noticed in the plain journal
// too. It is no protection from a forger: the sealing is.
//
//	record: flags 1 | at 8 | length of id 1 | id | data | checksum 4
//	head:   position 8 | at 8 | flags 1 | checksum 4
const (
	recordFixed = 1 + 8 + 1 + 4
	headSize    = 8 + 8 + 1 + 4
	erasedFlag  = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum covers the name of the bucket, the key and the value without its last four bytes.
func checksum(bucket, key, value []byte) uint32 {
	sum := crc32.Update(0, castagnoli, bucket)
	sum = crc32.Update(sum, castagnoli, []byte{0})
	sum = crc32.Update(sum, castagnoli, key)
	sum = crc32.Update(sum, castagnoli, []byte{0})
	return crc32.Update(sum, castagnoli, value)
}

func positionKey(p journal.Position) []byte { return binary.BigEndian.AppendUint64(nil, uint64(p)) }

func flags(erased bool) byte {
	if erased {
		return erasedFlag
	}
	return 0
}

func encodeRecord(bucket []byte, e journal.Entry) []byte {
	b := make([]byte, 0, recordFixed+len(e.Stream.ID)+len(e.Data))
	b = append(b, flags(e.Erased))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixNano()))
	b = append(b, byte(len(e.Stream.ID)))
	b = append(b, e.Stream.ID...)
	b = append(b, e.Data...)
	return binary.BigEndian.AppendUint32(b, checksum(bucket, positionKey(e.Position), b))
}

// decodeRecord copies a record out of the database. With an error the entry has its position only.
func decodeRecord(kind journal.Kind, bucket, key, value []byte) (journal.Entry, error) {
	var e journal.Entry
	e.Stream.Kind = kind
	if len(key) == 8 {
		e.Position = journal.Position(binary.BigEndian.Uint64(key))
	}
	n := len(value) - 4
	if len(key) != 8 || n < recordFixed-4 || binary.BigEndian.Uint32(value[n:]) != checksum(bucket, key, value[:n]) {
		return e, fmt.Errorf("%w: %s record at position %d", journal.ErrCorrupt, kind, e.Position)
	}
	id := int(value[9])
	if 10+id > n || value[0] > erasedFlag {
		return e, fmt.Errorf("%w: %s record at position %d", journal.ErrCorrupt, kind, e.Position)
	}
	e.Stream.ID = string(value[10 : 10+id])
	e.At = time.Unix(0, int64(binary.BigEndian.Uint64(value[1:]))).UTC()
	e.Erased = value[0] == erasedFlag
	if !e.Erased {
		e.Data = append([]byte{}, value[10+id:n]...)
	}
	return e, nil
}

func encodeHead(bucket []byte, h journal.Head) []byte {
	b := make([]byte, 0, headSize)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Position))
	b = binary.BigEndian.AppendUint64(b, uint64(h.At.UnixNano()))
	b = append(b, flags(h.Erased))
	return binary.BigEndian.AppendUint32(b, checksum(bucket, []byte(h.Stream.ID), b))
}

// decodeHead copies a head out of the database. With an error the head has its stream only.
func decodeHead(kind journal.Kind, bucket, key, value []byte) (journal.Head, error) {
	h := journal.Head{Stream: journal.Stream{Kind: kind, ID: string(key)}}
	n := headSize - 4
	if len(value) != headSize || value[16] > erasedFlag || binary.BigEndian.Uint32(value[n:]) != checksum(bucket, key, value[:n]) {
		return h, fmt.Errorf("%w: the head of %s", journal.ErrCorrupt, h.Stream)
	}
	h.Position = journal.Position(binary.BigEndian.Uint64(value))
	h.At = time.Unix(0, int64(binary.BigEndian.Uint64(value[8:]))).UTC()
	h.Erased = value[16] == erasedFlag
	return h, nil
}
