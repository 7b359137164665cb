-- Writes beside the queries. The new orders wait in refresh_orders and refresh_lineitem and come and
-- go as a set, like the refresh functions 1 and 2 of TPC-H; the other statements change what an
-- {order}, a {part}, a {supplier} or a {customer} is named by.

-- name: insert-orders
insert into orders select * from refresh_orders;

-- name: insert-lineitem
insert into lineitem select * from refresh_lineitem;

-- name: update-order
update orders set o_orderstatus = 'F', o_totalprice = o_totalprice + 1 where o_orderkey = {order};

-- name: update-lineitem
update lineitem set l_shipdate = l_shipdate + 1, l_quantity = l_quantity + 1
where l_orderkey = {order} and l_linenumber = 1;

-- name: update-customer
update customer set c_acctbal = c_acctbal - 1 where c_custkey = {customer};

-- name: update-stock
update partsupp set ps_availqty = ps_availqty - 1 where ps_partkey = {part} and ps_suppkey = {supplier};

-- name: update-price
update part set p_retailprice = p_retailprice + 1 where p_partkey = {part};

-- name: delete-lineitem
delete from lineitem where l_orderkey in (select o_orderkey from refresh_orders);

-- name: delete-orders
delete from orders where o_orderkey in (select o_orderkey from refresh_orders);
