package figures

// Least is the smallest number that may be shown: anything from 1 to 4 could be somebody known.
const Least = 5

func small(n int) bool { return n > 0 && n < Least }

// Hide says which rows of a table must not be shown. Each column's sum counts as known. A row with a small number in any column is hidden in all
// of them, and so are as many more rows, the smallest first, as it takes that no column's sum gives a hidden number away: at least two are hidden,
// and together they are at least [Least]. all reports that not even the sums may be shown. before marks rows that are hidden already, elsewhere;
// it may be nil. A hidden row must look the same whether it is small or hidden for the others' sake.
func Hide(before []bool, columns ...[]int) (rows []bool, all bool) {
	if len(columns) == 0 {
		return before, false
	}
	rows = make([]bool, len(columns[0]))
	copy(rows, before)
	for _, column := range columns {
		sum := 0
		for i, n := range column {
			sum += n
			rows[i] = rows[i] || small(n)
		}
		if small(sum) {
			return every(len(rows)), true
		}
	}
	for again := true; again; {
		again = false
		for _, column := range columns {
			hidden, sum, next := 0, 0, -1
			any := false
			for i, n := range column {
				any = any || rows[i]
				switch {
				case rows[i] && n > 0:
					hidden, sum = hidden+1, sum+n
				case !rows[i] && n > 0 && (next < 0 || n < column[next]):
					next = i
				}
			}
			if !any || hidden >= 2 && sum >= Least {
				continue
			}
			if hidden == 0 && len(columns) == 1 { // only empty rows are hidden
				continue
			}
			if next < 0 {
				if hidden == 0 { // nothing in this column at all
					continue
				}
				return every(len(rows)), true
			}
			rows[next], again = true, true
		}
	}
	return rows, false
}

func every(n int) []bool {
	rows := make([]bool, n)
	for i := range rows {
		rows[i] = true
	}
	return rows
}
