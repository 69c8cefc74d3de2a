package boltjournal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"

	"example.org/intake/bot/journal"
)

// bbolt keeps no checksum of its pages and trusts what they say: a flipped bit can hide a page's last records, send a look-up
// to an old copy of a page, hand out a used page for writing, or send it round in circles. So before bbolt may use a file, the
// pages are walked once: both meta pages whole, every page its own, reached exactly once or free, its elements packed without a
// gap as bbolt writes them, keys in order and in the range that the parent gives. What stands in the values is not looked at.
const (
	pageHeader  = 16 // id uint64, flags uint16, count uint16, overflow uint32
	elementSize = 16 // leaf: flags, pos, ksize, vsize uint32; branch: pos, ksize uint32, page uint64
	bucketSize  = 16 // root page uint64, sequence uint64; root 0: the page follows inside the value
	metaSize    = 64

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketLeaf   = 0x01 // a leaf element that holds a bucket
)

var native = binary.NativeEndian

type pageWalk struct {
	file     io.ReaderAt
	pageSize uint64
	seen     []bool
}

func damagedPage(id uint64) error {
	return fmt.Errorf("%w: page %d of the file; restore a backup", journal.ErrCorrupt, id)
}

// checkPages returns an error wrapping ErrCorrupt if the file's structure is not exactly what bbolt would have written.
func checkPages(file io.ReaderAt, size int64, pageSize int) error {
	w := &pageWalk{file: file, pageSize: uint64(pageSize)}
	var root, freelist, pages, newest uint64
	for id := range uint64(2) {
		m := make([]byte, metaSize)
		if _, err := file.ReadAt(m, int64(id*w.pageSize)+pageHeader); err != nil {
			return damagedPage(id)
		}
		// A meta page is one disk sector and is written whole, so a crash never leaves a bad one. With one bad bbolt would go
		// back to the transaction before, which loses the last one without a word.
		sum := fnv.New64a()
		_, _ = sum.Write(m[:metaSize-8])
		if sum.Sum64() != native.Uint64(m[metaSize-8:]) {
			return damagedPage(id)
		}
		if txid := native.Uint64(m[48:]); id == 0 || txid > newest {
			newest, root, freelist, pages = txid, native.Uint64(m[16:]), native.Uint64(m[32:]), native.Uint64(m[40:])
		}
	}
	if pages > uint64(size)/w.pageSize {
		return fmt.Errorf("%w: the file is cut short; restore a backup", journal.ErrCorrupt)
	}
	w.seen = make([]bool, pages)
	if err := w.page(root, true, nil, nil); err != nil {
		return err
	}
	if err := w.free(freelist); err != nil {
		return err
	}
	for id := uint64(2); id < pages; id++ {
		if !w.seen[id] {
			return damagedPage(id)
		}
	}
	return nil
}

func (w *pageWalk) mark(id uint64) bool {
	if id < 2 || id >= uint64(len(w.seen)) || w.seen[id] {
		return false
	}
	w.seen[id] = true
	return true
}

// load reads a page with its overflow and marks it as seen.
func (w *pageWalk) load(id uint64) ([]byte, error) {
	if !w.mark(id) {
		return nil, damagedPage(id)
	}
	p := make([]byte, w.pageSize)
	if _, err := w.file.ReadAt(p, int64(id*w.pageSize)); err != nil {
		return nil, fmt.Errorf("%w: %w", damagedPage(id), err)
	}
	if native.Uint64(p) != id {
		return nil, damagedPage(id)
	}
	overflow := uint64(native.Uint32(p[12:]))
	for i := range overflow {
		if !w.mark(id + 1 + i) {
			return nil, damagedPage(id)
		}
	}
	if overflow == 0 {
		return p, nil
	}
	p = make([]byte, (1+overflow)*w.pageSize)
	if _, err := w.file.ReadAt(p, int64(id*w.pageSize)); err != nil {
		return nil, fmt.Errorf("%w: %w", damagedPage(id), err)
	}
	return p, nil
}

// page checks a page and all below it. Its keys must be at or above low and below high (nil: no bound).
func (w *pageWalk) page(id uint64, top bool, low, high []byte) error {
	p, err := w.load(id)
	if err != nil {
		return err
	}
	return w.node(id, p, top, low, high)
}

func (w *pageWalk) node(id uint64, p []byte, top bool, low, high []byte) error {
	flags, count := native.Uint16(p[8:]), int(native.Uint16(p[10:]))
	next := pageHeader + elementSize*count // where the next element's key must begin
	if flags != leafPage && flags != branchPage || next > len(p) || flags == branchPage && count == 0 {
		return damagedPage(id)
	}
	keys := make([][]byte, count)
	for i := range count {
		at := pageHeader + elementSize*i
		e := p[at:]
		kind, pos, ksize, vsize := native.Uint32(e), native.Uint32(e[4:]), native.Uint32(e[8:]), native.Uint32(e[12:])
		if flags == branchPage {
			kind, pos, ksize, vsize = 0, native.Uint32(e), native.Uint32(e[4:]), 0
		}
		end := uint64(next) + uint64(ksize) + uint64(vsize)
		if uint64(at)+uint64(pos) != uint64(next) || ksize == 0 || end > uint64(len(p)) {
			return damagedPage(id)
		}
		keys[i] = p[next : next+int(ksize)]
		if i > 0 && bytes.Compare(keys[i-1], keys[i]) >= 0 ||
			low != nil && bytes.Compare(keys[i], low) < 0 || high != nil && bytes.Compare(keys[i], high) >= 0 {
			return damagedPage(id)
		}
		// Buckets stand in the root bucket only, and nothing but buckets does.
		if flags == leafPage && (top != (kind == bucketLeaf) || kind > bucketLeaf) {
			return damagedPage(id)
		}
		if flags == leafPage && top {
			if err := w.bucket(id, p[next+int(ksize):end]); err != nil {
				return err
			}
		}
		next = int(end)
	}
	if flags == leafPage {
		return nil
	}
	for i := range count {
		below, above := keys[i], high
		if i+1 < count {
			above = keys[i+1]
		}
		if err := w.page(native.Uint64(p[pageHeader+elementSize*i+8:]), top, below, above); err != nil {
			return err
		}
	}
	return nil
}

func (w *pageWalk) bucket(id uint64, v []byte) error {
	if len(v) < bucketSize {
		return damagedPage(id)
	}
	if root := native.Uint64(v); root != 0 {
		return w.page(root, false, nil, nil)
	}
	if v = v[bucketSize:]; len(v) < pageHeader || native.Uint16(v[8:]) != leafPage {
		return damagedPage(id)
	}
	return w.node(id, v, false, nil, nil)
}

// free checks the list of free pages: none of them is in use.
func (w *pageWalk) free(id uint64) error {
	p, err := w.load(id)
	if err != nil {
		return err
	}
	count, ids := uint64(native.Uint16(p[10:])), p[pageHeader:]
	if count == 0xFFFF { // too many for the header: the first number is the count
		count, ids = native.Uint64(ids), ids[8:]
	}
	if native.Uint16(p[8:]) != freelistPage || count > uint64(len(ids)/8) {
		return damagedPage(id)
	}
	for i := range count {
		if !w.mark(native.Uint64(ids[8*i:])) {
			return damagedPage(id)
		}
	}
	return nil
}
